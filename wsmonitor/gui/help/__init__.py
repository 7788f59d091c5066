"""Explanations, keys, the palette, about."""
