"""Pongs that come late, each with the right payload."""

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.service import Late, Service, together
from wsmonitor.lab.visit import Visit

HINT = "Pongs come seconds late; messages are answered at once."


class Parameters(Query):
    delay_s: float = duration("3s", "every pong comes so much later")


class _LatePongs(Late):
    on_message = Service.on_message


async def run(visit: Visit, parameters: Parameters) -> None:
    """Answers messages at once and pings late until the client leaves."""
    service = _LatePongs(await visit.accept(), lambda: parameters.delay_s)
    await together(service.run(), service.line.run())
