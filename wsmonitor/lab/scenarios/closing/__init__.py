"""Servers that take no part in the closing handshake."""
