"""A healthy server."""

from wsmonitor.lab.parameters import NoParameters
from wsmonitor.lab.scenario import Scenario
from wsmonitor.lab.service import Service
from wsmonitor.lab.visit import Visit


async def run(visit: Visit, parameters: NoParameters) -> None:
    """Serves well until the client leaves."""
    await Service(await visit.accept()).run()


SCENARIO = Scenario(
    hint='Healthy: sends every message back and answers pings, {"type":"ping"} and Close.',
    parameters=NoParameters,
    run=run,
)
