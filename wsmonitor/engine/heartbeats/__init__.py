"""Pings, application heartbeats, and the answers that belong to them."""
