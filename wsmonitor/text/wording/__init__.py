"""Events, closures, openings and close codes in words that people read."""
