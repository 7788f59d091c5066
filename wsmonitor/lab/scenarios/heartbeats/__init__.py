"""Servers that treat heartbeats wrongly."""
