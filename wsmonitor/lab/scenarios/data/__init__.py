"""Data and frames that are large, odd or wrong."""
