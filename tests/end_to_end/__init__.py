"""The whole path: real processes, real sockets."""
