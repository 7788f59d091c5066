"""From the command line to the first paint, and what is remembered between starts."""
