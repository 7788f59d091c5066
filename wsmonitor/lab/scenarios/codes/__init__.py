"""Endings with a close code that says why."""
