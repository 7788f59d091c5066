"""A server whose timer only messages reset: pings keep nothing alive."""

import asyncio

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.ending import end, ending
from wsmonitor.lab.wire.websocket import Message, WebSocket

HINT = "An idle timeout that only messages reset: pings and pongs do not prevent it."


class Parameters(Query):
    """How long, and how it ends."""

    after_s: float = duration("10s", "time without a message that ends the connection")
    how: str = ending("1001", "how the connection ends")


class _CountsMessages(Service):
    def __init__(self, socket: WebSocket, after_s: float) -> None:
        super().__init__(socket)
        self._after_s = after_s
        self._now = asyncio.get_running_loop().time
        self._deadline_s = self._now() + after_s

    async def on_message(self, message: Message) -> None:
        self._deadline_s = self._now() + self._after_s
        await super().on_message(message)

    async def deadline(self) -> None:
        while (left_s := self._deadline_s - self._now()) > 0:  # noqa: ASYNC110  # the deadline moves
            await asyncio.sleep(left_s)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well as long as messages come."""
    service = _CountsMessages(await visit.accept(), parameters.after_s)
    await together(service.run(), service.deadline())
    await end(service.socket, parameters.how)
