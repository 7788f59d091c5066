"""A healthy server."""

from wsmonitor.lab.parameters import NoParameters
from wsmonitor.lab.service import Service
from wsmonitor.lab.visit import Visit

HINT = 'Healthy: sends every message back and answers pings, {"type":"ping"} and Close.'


async def run(visit: Visit, parameters: NoParameters) -> None:
    """Serves well until the client leaves."""
    await Service(await visit.accept()).run()
