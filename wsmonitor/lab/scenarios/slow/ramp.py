"""Round trips that grow until the connection drops."""

import asyncio

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.service import Late, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.ending import end, ending

HINT = "A queue builds up: round trips grow and grow until the connection drops."


class Parameters(Query):
    """How the delay of pongs and answers grows, evenly with the age of the connection."""

    over_s: float = duration("20s", "the connection drops at this age")
    max_s: float = duration("800ms", "delay reached at that age")
    how: str = ending("fin", "how the connection ends")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves ever slower, then drops."""
    now = asyncio.get_running_loop().time
    begun_s, slope = now(), parameters.max_s / max(parameters.over_s, 1e-3)
    service = Late(await visit.accept(), lambda: (now() - begun_s) * slope)
    await together(service.run(), service.line.run(), asyncio.sleep(parameters.over_s))
    await end(service.socket, parameters.how)
