"""What real servers and proxies did, as the engine stated it, with the fault that was planted."""
