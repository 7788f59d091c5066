"""Real servers and proxies, faults planted in them, and what wsmonitor saw: `make real`."""
