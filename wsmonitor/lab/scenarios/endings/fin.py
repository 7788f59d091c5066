"""FIN without a Close frame."""

import asyncio

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit

HINT = "TCP FIN without a Close frame: a process that ended. Interfaces report 1006."


class Parameters(Query):
    after_s: float = duration("5s", "age at which the connection ends")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well, then hangs up at the TCP level only."""
    socket = await visit.accept()
    await together(Service(socket).run(), asyncio.sleep(parameters.after_s))
    await socket.wire.fin()
