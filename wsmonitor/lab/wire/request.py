"""The HTTP of the opening handshake (RFC 6455, section 4.2): requests read, answers written."""

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from wsmonitor.lab.wire.wire import Wire

HEAD_LIMIT_S: Final = 30.0
"""A client that takes longer for its request is dropped."""
_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class HttpError(Exception):
    """The request is answered with this status and a text that says what to change."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.headers = headers or {}
        self.text = text


@dataclass(frozen=True)
class Request:
    """A parsed request; header names are in lower case, `path` is percent-decoded, `query` in its order."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    version: str = "HTTP/1.1"

    @property
    def key(self) -> str:
        """Path and query in one canonical order: who asks for the same thing shares its state."""
        return self.path + "?" + "&".join(f"{name}={value}" for name, value in sorted(self.query))


async def read_request(wire: Wire) -> Request:
    """Reads the head of a request; raises `HttpError` where it is none, `TimeoutError` where it never ends."""
    try:
        head = await wire.read_until(b"\r\n\r\n", limit_s=HEAD_LIMIT_S)
    except asyncio.LimitOverrunError:
        raise HttpError(431, "The head of the request is too long.") from None
    return parse_request(head.decode("latin-1"))


def parse_request(head: str) -> Request:
    """Parses a head that ends with an empty line."""
    first, *lines = head.split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise HttpError(400, f"Expected 'GET /path HTTP/1.1', found {first[:80]!r}.")
    target = urlsplit(words[1])
    headers: dict[str, str] = {}
    for line in filter(None, lines):
        name, colon, value = line.partition(":")
        if not colon:
            raise HttpError(400, f"Expected 'Name: value', found {line[:80]!r}.")
        name = name.strip().lower()
        headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
    query = tuple(parse_qsl(target.query, keep_blank_values=True))
    return Request(words[0], unquote(target.path), query, headers, words[2])


def upgrade_headers(request: Request) -> dict[str, str]:
    """Headers of the 101 answer, with the first offered subprotocol; raises `HttpError` for a faulty request."""
    if request.method != "GET" or request.version == "HTTP/1.0":
        raise HttpError(400, "A WebSocket begins with GET and HTTP/1.1 or later.")
    tokens = {token.strip().lower() for token in request.headers.get("connection", "").split(",")}
    if "upgrade" not in tokens or request.headers.get("upgrade", "").lower() != "websocket":
        raise HttpError(426, "This address speaks WebSocket: open it with a WebSocket client, or see GET /.")
    if request.headers.get("sec-websocket-version") != "13":
        raise HttpError(426, "Sec-WebSocket-Version must be 13.", {"Sec-WebSocket-Version": "13"})
    key = request.headers.get("sec-websocket-key", "")
    if not _is_key(key):
        raise HttpError(400, f"Sec-WebSocket-Key must be 16 bytes in base64, found {key[:80]!r}.")
    answer = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Accept": base64.b64encode(hashlib.sha1(key.encode() + _GUID).digest()).decode(),
    }
    offered = request.headers.get("sec-websocket-protocol", "").split(",")[0].strip()
    return answer | ({"Sec-WebSocket-Protocol": offered} if offered else {})


def response(status: int, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """The bytes of a response; the length is added for everything but a 101."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Status"
    lines = [f"HTTP/1.1 {status} {phrase}", "Server: wsmonitor-lab"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if status != 101:
        lines += [f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


def text_response(status: int, text: str, headers: Mapping[str, str] | None = None) -> bytes:
    """A response with a plain text body."""
    return response(status, {"Content-Type": "text/plain; charset=utf-8"} | dict(headers or {}), text.encode() + b"\n")


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False
