"""A connection that ends after a certain number of messages."""

from wsmonitor.lab.parameters import Query, integer
from wsmonitor.lab.service import Service
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.ending import end, ending
from wsmonitor.lab.wire.websocket import Message, WebSocket

HINT = "Ends after the same number of messages each time."


class Parameters(Query):
    messages: int = integer(20, "messages of the client that are answered", low=1)
    how: str = ending("1008", "how the connection ends with the last of them")


class _Counting(Service):
    def __init__(self, socket: WebSocket, parameters: Parameters) -> None:
        super().__init__(socket)
        self._left = parameters.messages
        self._how = parameters.how

    async def on_message(self, message: Message) -> None:
        await super().on_message(message)
        self._left -= 1
        if not self._left:
            await end(self.socket, self._how)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well for so many messages."""
    await _Counting(await visit.accept(), parameters).run()
