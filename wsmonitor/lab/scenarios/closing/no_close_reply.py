"""A server that never answers the client's Close."""

import asyncio

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.service import Service
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.websocket import Close, WebSocket

HINT = "Close it from your side: the server never answers and leaves TCP open. Does your close() return?"


class Parameters(Query):
    hold_s: float = duration("30s", "the TCP connection stays open so long after the client's Close")


class _WithoutReply(Service):
    def __init__(self, socket: WebSocket, hold_s: float) -> None:
        super().__init__(socket)
        self._hold_s = hold_s

    async def on_close(self, close: Close) -> None:
        await asyncio.sleep(self._hold_s)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well until the client closes, then says nothing more."""
    await _WithoutReply(await visit.accept(), parameters.hold_s).run()
