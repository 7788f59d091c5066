"""A text message that is not UTF-8: the client must fail the connection with 1007."""

import asyncio

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.frames import Opcode
from wsmonitor.lab.wire.silence import until_gone

HINT = "A text message in Latin-1: the client must end with 1007."


class Parameters(Query):
    after_s: float = duration("2s", "age at which the message is sent")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well, sends Latin-1 as text, and leaves the rest to the client."""
    socket = await visit.accept()
    await together(Service(socket).run(), asyncio.sleep(parameters.after_s))
    await socket.send(Opcode.TEXT, "Grüße in Latin-1".encode("latin-1"))
    await until_gone(socket.wire)
