"""Servers of bare sockets whose limits and habits are drawn at random, and what experiments must say of each."""
