"""Tests: the tree mirrors `wsmonitor/`; `guards.py` and `qt_guards.py` fail whatever leaks."""
