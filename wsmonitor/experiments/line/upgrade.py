"""The HTTP part of an opening: a request that may be wrong on purpose, and the answer as it came."""

import base64
import hashlib
import os
from dataclasses import dataclass, replace
from typing import Final

GUID: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
HEAD_LIMIT: Final = 64 * 1024
"""An answer whose head is longer is no answer."""
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent to be upgraded, in this order."""

    resource: str
    headers: Headers
    method: str = "GET"
    version: str = "HTTP/1.1"

    def encode(self) -> bytes:
        """The bytes of the request."""
        lines = [f"{self.method} {self.resource} {self.version}", *(f"{name}: {value}" for name, value in self.headers)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return _first(self.headers, name)

    def with_header(self, name: str, *values: str) -> "Request":
        """The same request with these values of one header, instead of those it has; without any for none."""
        kept = tuple((key, value) for key, value in self.headers if key.lower() != name.lower())
        return replace(self, headers=(*kept, *((name, value) for value in values)))


@dataclass(frozen=True, slots=True)
class Response:
    """What came back, headers in their order."""

    at_ns: int
    version: str
    status: int
    reason: str
    headers: Headers

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return _first(self.headers, name)

    def values(self, name: str) -> tuple[str, ...]:
        """Every value of a header."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())


def new_key() -> str:
    """A fresh `Sec-WebSocket-Key`."""
    return base64.b64encode(os.urandom(16)).decode()


def accept_of(key: str) -> str:
    """The `Sec-WebSocket-Accept` that belongs to a key (RFC 6455, 4.2.2)."""
    return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()


def parse_response(head: bytes, at_ns: int) -> Response | None:
    """The answer whose head is `head` (without the empty line); `None` where it is not HTTP/1."""
    lines = head.decode("latin-1").split("\r\n")
    version, _, rest = lines[0].partition(" ")
    status, _, reason = rest.partition(" ")
    if not version.startswith("HTTP/1.") or not (status.isascii() and status.isdigit() and len(status) == 3):
        return None
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers.append((name.strip(), value.strip()))
    return Response(at_ns, version, int(status), reason[:200], tuple(headers))


def _first(headers: Headers, name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name.lower()), None)
