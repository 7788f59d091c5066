"""The test of a client in the window."""
