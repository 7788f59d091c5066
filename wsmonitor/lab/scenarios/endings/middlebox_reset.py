"""A firewall that forgets quiet connections: nothing is said until the next bytes come, then RST."""

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.silence import silent_for

HINT = "A firewall forgets a quiet connection: all seems well until the next byte is sent, then RST."


class Parameters(Query):
    after_s: float = duration("10s", "a connection without bytes either way for so long is forgotten")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well until forgotten; the client's next byte is answered with RST."""
    socket = await visit.accept()
    service = Service(socket)
    await together(service.run(), silent_for(visit.wire, parameters.after_s, "both"))
    if not service.ended:
        await socket.wire.read()
        socket.wire.reset()
