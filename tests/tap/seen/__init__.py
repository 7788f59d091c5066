"""Tests of what a copy of the bytes tells."""
