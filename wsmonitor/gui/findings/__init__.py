"""Findings: cards, causes, advice with one click."""
