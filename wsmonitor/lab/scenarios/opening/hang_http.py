"""A server that takes the request and never answers it."""

from wsmonitor.lab.parameters import NoParameters
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.silence import until_gone

HINT = "TCP is accepted, the upgrade request is never answered."


async def run(visit: Visit, parameters: NoParameters) -> None:
    """Says nothing until the client gives up."""
    await until_gone(visit.wire)
