"""The sockets of a tap: where clients come in, how the server is reached, and each leg with every way to end it."""
