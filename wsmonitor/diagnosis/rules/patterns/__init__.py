"""Causes that only several endings show together."""
