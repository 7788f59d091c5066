"""A handler that takes its time for every message; pings are answered at once."""

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.service import Late, Service, together
from wsmonitor.lab.visit import Visit

HINT = "Pongs come at once, answers to messages seconds later."


class Parameters(Query):
    delay_s: float = duration("2s", "every message is answered so much later")


class _Slow(Late):
    on_ping = Service.on_ping


async def run(visit: Visit, parameters: Parameters) -> None:
    """Answers late until the client leaves."""
    service = _Slow(await visit.accept(), lambda: parameters.delay_s)
    await together(service.run(), service.line.run())
