"""Causes that the ending itself states."""
