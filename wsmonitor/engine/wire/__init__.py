"""What passes on an open connection: frames seen, bytes written, what the kernel says, what waits."""
