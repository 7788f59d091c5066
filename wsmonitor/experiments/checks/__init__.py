"""Checks of protocol, closing, limits and security: each a stimulus, what is seen, and a pure judgement."""
