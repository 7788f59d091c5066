"""A server that takes the request and never answers it."""

from wsmonitor.lab.parameters import NoParameters
from wsmonitor.lab.scenario import Scenario
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.silence import until_gone


async def run(visit: Visit, parameters: NoParameters) -> None:
    """Says nothing until the client gives up."""
    await until_gone(visit.wire)


SCENARIO = Scenario(
    hint="TCP is accepted, the upgrade request is never answered.",
    parameters=NoParameters,
    run=run,
)
