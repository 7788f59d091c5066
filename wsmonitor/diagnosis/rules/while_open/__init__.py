"""Causes seen while a connection is open."""
