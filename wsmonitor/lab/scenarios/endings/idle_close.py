"""What proxies do to quiet connections: no bytes for a while, then FIN without a Close frame."""

from wsmonitor.lab.parameters import Query, choice, duration
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.ending import end, ending
from wsmonitor.lab.wire.silence import silent_for

HINT = "An idle timeout: no bytes from the client for a while, then FIN without Close. Any ping prevents it."


class Parameters(Query):
    after_s: float = duration("10s", "silence that ends the connection")
    silence: str = choice("rx", ("rx", "tx", "both"), "silence of the client (rx), of the server (tx), or of both")
    how: str = ending("fin", "how the connection ends")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well as long as bytes flow in the watched direction."""
    socket = await visit.accept()
    await together(Service(socket).run(), silent_for(socket.wire, parameters.after_s, parameters.silence))
    await end(socket, parameters.how)
