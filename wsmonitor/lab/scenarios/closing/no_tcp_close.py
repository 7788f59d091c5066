"""A server that closes the WebSocket and never the TCP connection under it."""

import asyncio

from wsmonitor.lab.parameters import Query, duration, integer
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.websocket import Close

HINT = "Sends Close and keeps TCP open for ever: a client must hang up by itself."


class Parameters(Query):
    after_s: float = duration("5s", "age at which the server sends Close")
    code: int = integer(1000, "the close code", high=65535)
    hold_s: float = duration("30s", "TCP stays open so long after the Close frame")


class _AnswersOnly(Service):
    async def on_close(self, close: Close) -> None:
        await self.socket.send_close(close.code)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well, sends Close (or answers the client's), and keeps TCP open."""
    socket = await visit.accept()
    service = _AnswersOnly(socket)
    await together(service.run(), asyncio.sleep(parameters.after_s))
    if service.ended and not socket.close_sent:
        return  # the client is gone without closing
    if not socket.close_sent:
        await socket.send_close(parameters.code)
    await asyncio.sleep(parameters.hold_s)
