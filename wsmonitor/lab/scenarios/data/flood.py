"""Messages as fast as asked for."""

import asyncio

from wsmonitor.lab.parameters import Query, integer, size
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.frames import Opcode
from wsmonitor.lab.wire.websocket import WebSocket

HINT = "Thousands of messages a second."

_TICKS_A_SECOND = 50


class Parameters(Query):
    rate: int = integer(5000, "messages a second; 0 is as fast as the client reads")
    size_bytes: int = size("200", "size of a message")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well, but sends without pause until the client leaves."""
    socket = await visit.accept()
    await together(Service(socket).run(), _flood(socket, parameters))


async def _flood(socket: WebSocket, parameters: Parameters) -> None:
    now = asyncio.get_running_loop().time
    begun_s, sent = now(), 0
    while True:
        due = int((now() - begun_s) * parameters.rate) if parameters.rate else sent + 100
        while sent < due:
            sent += 1
            await socket.send(Opcode.TEXT, str(sent).encode().ljust(parameters.size_bytes, b"."))
        await asyncio.sleep(1 / _TICKS_A_SECOND if parameters.rate else 0)
