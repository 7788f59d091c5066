"""Close codes of the WebSocket protocol: what each means, who may send it, whether to dial again.

Rows 1000 to 1015: RFC 6455, section 7.4.1, and the IANA registry "WebSocket Close Code Number
Registry" (https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number); 3000, 3003
and 3008 were registered there later. The advice is ours. Framework codes live in profiles.
"""

from typing import Literal

from msgspec import Struct

_RFC = "RFC 6455, 7.4.1"
_IANA = "IANA WebSocket Close Code Number Registry"


class CloseCode(Struct, frozen=True):
    """One close code. `sender` is `nobody` for codes that must never be in a Close frame.

    `reconnect` says what a client should do after the peer sent it: `slow` means with a delay of at
    least ten seconds or spread over as much.
    """

    code: int
    name: str
    sender: Literal["both", "client", "server", "nobody"]
    meaning: str
    reconnect: Literal["yes", "slow", "no"]
    source: str


CLOSE_CODES: tuple[CloseCode, ...] = (
    CloseCode(1000, "normal closure", "both", "the purpose of the connection is fulfilled", "yes", _RFC),
    CloseCode(1001, "going away", "both", "the server shuts down or the page was left", "slow", _RFC),
    CloseCode(1002, "protocol error", "both", "a frame broke the rules of the protocol", "no", _RFC),
    CloseCode(1003, "unsupported data", "both", "a type of data that the receiver cannot take", "no", _RFC),
    CloseCode(1004, "reserved", "nobody", "has no meaning yet", "yes", _RFC),
    CloseCode(1005, "no status", "nobody", "stands for a Close frame without a code", "yes", _RFC),
    CloseCode(1006, "abnormal closure", "nobody", "stands for an end without a Close frame", "yes", _RFC),
    CloseCode(1007, "invalid payload", "both", "data that does not fit its type, such as bad UTF-8", "no", _RFC),
    CloseCode(1008, "policy violation", "both", "a message or a client that the policy refuses", "no", _RFC),
    CloseCode(1009, "message too big", "both", "a message longer than the receiver takes", "no", _RFC),
    CloseCode(1010, "mandatory extension", "client", "the server did not agree to an extension", "no", _RFC),
    CloseCode(1011, "internal error", "both", "the sender met an unexpected condition", "yes", _RFC),
    CloseCode(
        1012, "service restart", "server", "the service restarts; come back spread over 5 to 30 s", "slow", _IANA
    ),
    CloseCode(1013, "try again later", "server", "the server is overloaded", "slow", _IANA),
    CloseCode(1014, "bad gateway", "server", "a gateway got an invalid answer from its upstream", "yes", _IANA),
    CloseCode(1015, "TLS handshake", "nobody", "stands for a failed TLS handshake", "no", _RFC),
    CloseCode(3000, "unauthorized", "server", "credentials are missing or wrong, like HTTP 401", "no", _IANA),
    CloseCode(3003, "forbidden", "server", "the client may not do this, like HTTP 403", "no", _IANA),
    CloseCode(3008, "timeout", "server", "the client took too long, like HTTP 408", "yes", _IANA),
)

_BY_CODE = {row.code: row for row in CLOSE_CODES}


def close_code(code: int) -> CloseCode | None:
    """The row of a code that has a meaning for everyone; `None` for any other."""
    return _BY_CODE.get(code)


def close_code_name(code: int) -> str:
    """A short name for any code: its registered one, or that of the range it lies in."""
    row = close_code(code)
    if row is not None:
        return row.name
    if code < 1000 or code > 4999:
        return "not allowed"
    if code < 3000:
        return "reserved"
    return "registered for a framework" if code < 4000 else "private use"
