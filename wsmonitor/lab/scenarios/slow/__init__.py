"""Servers that answer late."""
