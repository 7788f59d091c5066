"""Causes of failed openings."""
