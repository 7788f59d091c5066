"""A server that refuses long messages with 1009."""

from wsmonitor.lab.parameters import Query, size
from wsmonitor.lab.service import Service
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.websocket import Message, WebSocket

HINT = "A message longer than 1 KiB is answered with 1009."


class Parameters(Query):
    limit_bytes: int = size("1KiB", "longest message that is answered")


class _Limited(Service):
    def __init__(self, socket: WebSocket, limit_bytes: int) -> None:
        super().__init__(socket)
        self._limit_bytes = limit_bytes

    async def on_message(self, message: Message) -> None:
        if len(message.payload) > self._limit_bytes:
            await self.socket.close(1009, f"message of {len(message.payload)} bytes; limit {self._limit_bytes}")
            return
        await super().on_message(message)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well until a message is too long."""
    await _Limited(await visit.accept(), parameters.limit_bytes).run()
