"""`wsmonitor tap`: stands between a client and its server, in a probe process."""
