"""A WebSocket layer that lives over an application that does not."""

import asyncio

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.service import Service
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.websocket import Message, WebSocket

HINT = "Pings are answered, messages and application heartbeats no more: the worker behind is dead."


class Parameters(Query):
    after_s: float = duration("5s", "age from which on no message is answered")


class _Stuck(Service):
    def __init__(self, socket: WebSocket, after_s: float) -> None:
        super().__init__(socket)
        self._now = asyncio.get_running_loop().time
        self._stuck_from_s = self._now() + after_s

    async def on_message(self, message: Message) -> None:
        if self._now() < self._stuck_from_s:
            await super().on_message(message)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Answers pings for ever and messages for a while."""
    await _Stuck(await visit.accept(), parameters.after_s).run()
