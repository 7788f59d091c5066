"""Histories made by builders: each function takes a seed and gives one labelled history."""
