"""Tables as comma-separated values."""
