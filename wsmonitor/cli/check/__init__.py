"""`wsmonitor check`: holds connections for a while and says PASS or FAIL."""
