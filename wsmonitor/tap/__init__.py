"""The tap: stands between a user's own client and their server, passes bytes on unchanged, and tells both sides.

Bytes first: what is read on one leg is written to the other before anybody looks at a copy of it. May import
the engine's tools (clock, lag, TLS, resolver, reporter), never what analyses or shows.
"""
