"""RST at a random age."""

import asyncio

from wsmonitor.lab.parameters import Query, duration, integer
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit

HINT = "TCP RST at a random time: a crashed server, a firewall."


class Parameters(Query):
    low_s: float = duration("1s", "earliest age")
    high_s: float = duration("10s", "latest age")
    seed: int = integer(1, "another seed gives other ages")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well, then resets the TCP connection."""
    socket = await visit.accept()
    age_s = visit.dice(parameters.seed).uniform(parameters.low_s, parameters.high_s)
    await together(Service(socket).run(), asyncio.sleep(age_s))
    socket.wire.reset()
