"""What a strange server says to an upgrade request. Pure."""

import base64
import hashlib
from collections.abc import Sequence

from tests.experiments.strange.habits import Habits

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY_SIZE = 24
Fields = Sequence[tuple[str, str]]


def objection(start: Sequence[str], fields: Fields, habits: Habits) -> str:
    """The status that refuses the request; empty where nothing is wrong with it."""
    found = dict(fields)
    keys = [value for name, value in fields if name == "sec-websocket-key"]
    tokens = [token.strip().lower() for token in found.get("connection", "").split(",")]
    wrong = {
        "post": start[0] != "GET",
        "http10": start[2] != "HTTP/1.1",
        "upgrade": found.get("upgrade", "").lower() != "websocket",
        "connection": "upgrade" not in tokens,
    }
    if any(is_so and name not in habits.lax for name, is_so in wrong.items()):
        return "400 Bad Request"
    if habits.versions and found.get("sec-websocket-version") != "13":
        return "426 Upgrade Required\r\nSec-WebSocket-Version: 13"
    if habits.keys and (len(keys) != 1 or len(keys[0]) != KEY_SIZE):
        return "400 Bad Request"
    origin, host = found.get("origin"), found.get("host", "")
    own = (f"http://{host}", f"https://{host}")
    allowed = {
        "any": True,
        "own": origin is None or origin in own,
        "pages": origin in own,
        "prefix": origin is None or origin.startswith(own),
    }
    return "" if allowed[habits.origins] else "403 Forbidden"


def welcome(fields: dict[str, str], habits: Habits) -> bytes:
    """The answer that upgrades."""
    digest = hashlib.sha1(fields.get("sec-websocket-key", "").encode() + GUID).digest()
    accept = base64.b64encode(digest).decode()
    lines = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accept.swapcase() if habits.invents == 'accept' else accept}",
    ]
    if habits.invents == "subprotocol":
        lines.append("Sec-WebSocket-Protocol: mine")
    if habits.invents == "extension":
        lines.append("Sec-WebSocket-Extensions: permessage-deflate")
    return "\r\n".join([*lines, "", ""]).encode()
