"""Taps in the window, from typing to command."""
