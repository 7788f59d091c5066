"""Pure: what a server speaks that answers a WebSocket request with something that is no HTTP."""

_HTTP2_SETTINGS = b"\x04"
_TLS_ALERT_OR_HANDSHAKE = (b"\x15\x03", b"\x16\x03")


def is_foreign(heard: bytes) -> bool:
    """True once the first bytes of an answer rule HTTP/1 out (RFC 9112, 4: it begins with `HTTP/`)."""
    return not heard.startswith(b"HTTP/"[: len(heard)])


def describe(heard: bytes) -> str:
    """What the first bytes of a foreign answer look like, and the bytes themselves."""
    if heard.startswith(_TLS_ALERT_OR_HANDSHAKE):
        return "the answer is not HTTP but TLS: use wss://"
    if heard[3:4] == _HTTP2_SETTINGS and heard[5:9] == bytes(4):
        return "the answer is not HTTP/1.1 but HTTP/2: this port offers no WebSocket upgrade"
    return f"the answer is not HTTP: {repr(heard[:40])[1:]}"
