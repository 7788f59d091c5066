"""A report that people read."""
