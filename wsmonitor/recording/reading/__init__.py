"""Recordings read back: replay, seeking, and what can be saved of a damaged file."""
