"""How a scenario ends a connection, by name: `fin`, `rst`, or a close code with its reason."""

from collections.abc import Mapping
from typing import Final

from wsmonitor.lab.websocket import WebSocket

REASONS: Final[Mapping[int, str]] = {
    1001: "going away",
    1008: "policy violation",
    1011: "internal error",
    1012: "service restart",
    1013: "try again later",
}


async def end(socket: WebSocket, how: str) -> None:
    """Ends the connection as named; `fin` and `rst` send no Close frame."""
    match how:
        case "fin":
            await socket.wire.fin()
        case "rst":
            socket.wire.reset()
        case code:
            await socket.close(int(code), REASONS.get(int(code), ""))
