"""The shared time axis: plots, lanes, overview, focus period."""
