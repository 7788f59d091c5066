"""A NAT that forgets a quiet connection and tells nobody: the next byte meets silence, or a RST."""

from wsmonitor.lab.parameters import Query, choice, duration
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.silence import silent_for, until_gone
from wsmonitor.lab.wire.wire import PeerGoneError

HINT = "A silent drop: after a while without a byte the connection is forgotten, and nobody is told."


class Parameters(Query):
    after_s: float = duration("10s", "silence of both sides after which the connection is forgotten")
    then: str = choice("nothing", ("nothing", "rst"), "what answers the client's next byte")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well until nothing passed for a while; then nobody is told."""
    socket = await visit.accept()
    service = Service(socket)
    await together(service.run(), silent_for(socket.wire, parameters.after_s, "both"))
    if service.ended or socket.wire.ended:
        return
    try:
        if parameters.then == "rst":
            await socket.wire.read()
            socket.wire.reset()
        else:
            await until_gone(socket.wire)
    except PeerGoneError:
        return
