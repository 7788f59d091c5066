"""A maximum age: the connection ends whatever happens on it."""

import asyncio

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.ending import end, ending

HINT = "A load balancer's maximum age: ends at a fixed age whatever happens. No heartbeat helps."


class Parameters(Query):
    after_s: float = duration("30s", "age at which the connection ends")
    how: str = ending("fin", "how the connection ends")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well until the age is reached."""
    socket = await visit.accept()
    await together(Service(socket).run(), asyncio.sleep(parameters.after_s))
    await end(socket, parameters.how)
