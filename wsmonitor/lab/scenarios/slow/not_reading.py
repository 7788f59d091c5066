"""A server that stops reading: the client's send buffer fills."""

import asyncio

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit

HINT = "The server stops reading: pings go unanswered and what you send piles up."


class Parameters(Query):
    after_s: float = duration("3s", "age at which the server stops reading")
    hold_s: float = duration("5m", "it hangs up so much later")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well, then reads nothing more."""
    socket = await visit.accept()
    service = Service(socket)
    await together(service.run(), asyncio.sleep(parameters.after_s))
    if service.ended:
        return
    socket.wire.stop_reading()
    await asyncio.sleep(parameters.hold_s)
