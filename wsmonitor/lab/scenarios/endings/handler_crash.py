"""A handler that dies of a certain message."""

import asyncio

from wsmonitor.lab.parameters import Query, text
from wsmonitor.lab.service import Service, together, until_set
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.ending import end, ending
from wsmonitor.lab.wire.websocket import Message, WebSocket

HINT = 'Send "crash": the handler dies of that message and the connection ends without Close.'


class Parameters(Query):
    on: str = text("crash", "a text message that contains this word kills the handler")
    how: str = ending("fin", "how the connection ends")


class _Fragile(Service):
    def __init__(self, socket: WebSocket, word: str) -> None:
        super().__init__(socket)
        self._word = word
        self.crashed = asyncio.Event()

    async def on_message(self, message: Message) -> None:
        if self._word in message.text:
            self.crashed.set()
            await asyncio.Event().wait()  # the handler answers nothing any more
        await super().on_message(message)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well until the fatal message."""
    service = _Fragile(await visit.accept(), parameters.on)
    await together(service.run(), until_set(service.crashed))
    if service.crashed.is_set():
        await end(service.socket, parameters.how)
