"""Causes on our own side: sleep, stalls, another network, retries."""
