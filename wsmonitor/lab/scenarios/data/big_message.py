"""One very long message after another."""

import asyncio

from wsmonitor.lab.parameters import Query, duration, size
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.frames import Opcode
from wsmonitor.lab.wire.websocket import WebSocket

HINT = "Messages of 16 MiB in one frame: whoever has a smaller limit answers 1009."


class Parameters(Query):
    size_bytes: int = size("16MiB", "size of the message, one frame")
    every_s: float = duration("5s", "time between messages; the first comes at once")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well between the messages until the client leaves or refuses one."""
    socket = await visit.accept()
    await together(Service(socket).run(), _send_for_ever(socket, parameters))


async def _send_for_ever(socket: WebSocket, parameters: Parameters) -> None:
    payload = bytes(parameters.size_bytes)
    while True:
        await socket.send(Opcode.BINARY, payload)
        await asyncio.sleep(parameters.every_s)
