"""Endings by time and by accident."""
