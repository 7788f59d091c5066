"""A deployment: everybody gets 1012 in the same moment, and the service is away for a while."""

import asyncio

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.cycle import Cycle

HINT = "A deployment every 15 s: all connections get 1012 at once, 503 for a moment, then well again."


class Parameters(Query):
    """The rhythm, from the first visit on."""

    every_s: float = duration("15s", "from one deployment to the next")
    down_s: float = duration("1s", "part of that time in which upgrades are answered with 503")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well until the next deployment."""
    up_s = max(0.0, parameters.every_s - parameters.down_s)
    place = visit.shared(Cycle).place(up_s, parameters.down_s)
    if not place.up:
        await visit.answer(503, "Deployment.", {"Retry-After": "1"})
        return
    socket = await visit.accept()
    await together(Service(socket).run(), asyncio.sleep(place.left_s))
    await socket.close(1012, "service restart")
