"""Pure: a client that takes the tap for its proxy, so that its URL need not change (RFC 9110, 9.3.6 and RFC 9112, 3.2).

Only the way to the tap's own server is open: it is no proxy for anybody else.
"""

import re
from dataclasses import replace
from urllib.parse import urlsplit

from wsmonitor.tap.request.guard import CAPITAL_LIMIT, Refusal
from wsmonitor.tap.request.request_head import RequestHead, answer

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


def is_for_proxy(head: RequestHead) -> bool:
    """True for `CONNECT host:port`, and for a target that is a whole URL."""
    return head.method == "CONNECT" or _SCHEME.match(head.target) is not None


def elsewhere(head: RequestHead, host: str, port: int) -> Refusal | None:
    """Why a request for a proxy may not pass: it does not ask for `host` and `port`."""
    if (host.lower(), port) == _asked(head):
        return None
    shown = head.target[:CAPITAL_LIMIT]
    text = f"As a proxy this tap leads to {host}:{port} only, not to {shown!r}.\n"
    return Refusal("host", shown, answer(403, "Forbidden", text))


def without_authority(head: RequestHead) -> RequestHead:
    """The request as the server itself wants it: `GET http://host/path` is `GET /path` there."""
    path = head.target.partition("://")[2]
    begins = min((at for mark in "/?" if (at := path.find(mark)) >= 0), default=len(path))
    path = path[begins:]
    return replace(head, target=path if path.startswith("/") else f"/{path}")


def _asked(head: RequestHead) -> tuple[str, int | None]:
    try:
        parts = urlsplit(head.target if head.method != "CONNECT" else f"//{head.target}")
        return (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme.lower())
    except ValueError:
        return "", None
