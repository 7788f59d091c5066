"""Bounded time series: chunks, levels of detail, percentiles, state bands."""
