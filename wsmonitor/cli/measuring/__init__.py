"""Measuring for a command: a probe is asked, and what it says is folded, worded and written. Imports no engine."""
