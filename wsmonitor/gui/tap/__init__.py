"""Taps in the window: how to use one, and the faults on its way."""
