"""Experiments in the window, from asking to the answer."""
