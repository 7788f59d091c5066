"""Whole runs judged and compared: PASS or FAIL, what changed, and whether it is significant."""
