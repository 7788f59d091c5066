"""Experiments in the window: what to ask, how it goes, what was found."""
