"""Ends that some count brings: messages, bytes, connections. May import the tools of rules and each other."""
