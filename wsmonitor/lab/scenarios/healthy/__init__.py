"""Servers that do it right."""
