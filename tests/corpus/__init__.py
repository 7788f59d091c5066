"""Labelled histories: what the rules must find, and what they must not, measured as precision and recall."""
