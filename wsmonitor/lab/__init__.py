"""A server that misbehaves on purpose, and one that does it right.

It stands alone: nothing of wsmonitor outside this folder is imported here, and its WebSocket framing is
its own, because what judges a client must not share the client's bugs. One failure is one file in
`scenarios/`; `server.py` serves them all on one port.
"""
