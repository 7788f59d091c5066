"""Several connections as one row."""
