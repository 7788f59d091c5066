"""A handler that is attached some time after the 101: messages that come before are lost."""

import asyncio

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.service import Service
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.websocket import Message, WebSocket

HINT = "The handler is attached late: messages sent right after the opening are lost, pings are answered."


class Parameters(Query):
    by_s: float = duration("50ms", "messages within so long after the 101 are lost")


class _Late(Service):
    def __init__(self, socket: WebSocket, attached_s: float) -> None:
        super().__init__(socket)
        self._now = asyncio.get_running_loop().time
        self._attached_s = attached_s

    async def on_message(self, message: Message) -> None:
        if self._now() >= self._attached_s:
            await super().on_message(message)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Answers pings from the beginning, messages only after a while, counted from before the 101 can be read."""
    attached_s = asyncio.get_running_loop().time() + parameters.by_s
    await _Late(await visit.accept(), attached_s).run()
