"""A service that is up for a while and down for a while."""

import asyncio

from wsmonitor.lab.parameters import Query, duration, integer
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.cycle import Cycle
from wsmonitor.lab.wire.ending import end, ending

HINT = "Up for a while, down for a while: all connections reset, then 503 until it is up again."


class Parameters(Query):
    """The rhythm, from the first visit on."""

    up_s: float = duration("6s", "served well for so long")
    down_s: float = duration("4s", "upgrades are refused for so long")
    status: int = integer(503, "the refusal", low=400, high=599)
    how: str = ending("rst", "how connections end when it goes down")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well while up; refuses while down."""
    place = visit.shared(Cycle).place(parameters.up_s, parameters.down_s)
    if not place.up:
        await visit.answer(parameters.status, "Down at the moment.")
        return
    socket = await visit.accept()
    await together(Service(socket).run(), asyncio.sleep(place.left_s))
    await end(socket, parameters.how)
