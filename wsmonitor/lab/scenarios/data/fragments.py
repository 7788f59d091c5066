"""Messages in many fragments, with pings between them as RFC 6455, section 5.4 allows."""

import asyncio

from wsmonitor.lab.parameters import Query, duration, integer
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.frames import Opcode
from wsmonitor.lab.wire.websocket import Message

HINT = "Legal but rare: messages in fragments with pings between them."


class Parameters(Query):
    count: int = integer(5, "fragments of a message, each one word", low=1, high=5000)
    pause_s: float = duration("200ms", "time between fragments")


class _Fragmenting(Service):
    """Leaves data messages unanswered: only control frames may stand between fragments."""

    async def on_message(self, message: Message) -> None:
        pass

    async def send_for_ever(self, parameters: Parameters) -> None:
        while True:
            for place in range(parameters.count):
                opcode = Opcode.CONTINUATION if place else Opcode.TEXT
                await self.socket.send(opcode, b"fragment ", fin=place == parameters.count - 1)
                await self.socket.send(Opcode.PING, b"between fragments")
                await asyncio.sleep(parameters.pause_s)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Sends fragmented messages until the client leaves."""
    service = _Fragmenting(await visit.accept())
    await together(service.run(), service.send_for_ever(parameters))
