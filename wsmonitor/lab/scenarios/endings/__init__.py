"""Endings by time, by accident, and by closing wrongly."""
