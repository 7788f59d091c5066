"""Histories that nobody wrote by hand: causes compete for connections, and whichever comes first ends one.

What is expected follows from what did end the connections, not from what a rule happens to find. Rules are not
tuned on the series of seeds that a figure is quoted for.
"""
