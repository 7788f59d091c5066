"""How a scenario ends a connection, by name: `fin`, `rst`, or a close code with its reason."""

from collections.abc import Mapping
from typing import Final

from wsmonitor.lab.parameters import declare
from wsmonitor.lab.wire.websocket import WebSocket

REASONS: Final[Mapping[int, str]] = {
    1001: "going away",
    1008: "policy violation",
    1011: "internal error",
    1012: "service restart",
    1013: "try again later",
}


def ending(default: str, about: str) -> str:
    """A parameter that names an ending."""
    return declare(default, about, "fin, rst or a close code such as 1011", _parse)


async def end(socket: WebSocket, how: str) -> None:
    """Ends the connection as named; `fin` and `rst` send no Close frame."""
    match how:
        case "fin":
            await socket.wire.fin()
        case "rst":
            socket.wire.reset()
        case code:
            await socket.close(int(code), REASONS.get(int(code), ""))


def _parse(word: str) -> str:
    if word not in ("fin", "rst") and not (word.isascii() and word.isdigit() and int(word) < 65536):
        raise ValueError
    return word
