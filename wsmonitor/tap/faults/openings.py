"""Pure: what answers a client in the server's place."""

import base64
import hashlib

from wsmonitor.settings.tap_faults import Fault
from wsmonitor.tap.request.request_head import RequestHead, answer

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_PHRASES = {403: "Forbidden", 429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable"}


def answer_of(fault: Fault, head: RequestHead) -> bytes | None:
    """What a fault on openings says to this request; `None` where it says nothing."""
    match fault.kind.kind:
        case "http":
            status, retry_after = fault.value
            headers = [("Retry-After", retry_after)] if retry_after else []
            return answer(
                status, _PHRASES.get(status, "Answer"), "A fault of the tap answers for the server.\n", headers
            )
        case "accept_then_close":
            return accepted(head) + b"\x88\x02" + int(fault.value).to_bytes(2, "big")
        case _:
            return None


def accepted(head: RequestHead) -> bytes:
    """The answer that accepts an upgrade (RFC 6455, 4.2.2), with the first subprotocol that is offered."""
    key = next(iter(head.values("sec-websocket-key")), "")
    accept = base64.b64encode(hashlib.sha1(f"{key}{_GUID}".encode(), usedforsecurity=False).digest()).decode()
    lines = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accept}",
    ]
    offered = ",".join(head.values("sec-websocket-protocol")).split(",")[0].strip()
    if offered:
        lines.append(f"Sec-WebSocket-Protocol: {offered}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
