"""Openings that fail."""
