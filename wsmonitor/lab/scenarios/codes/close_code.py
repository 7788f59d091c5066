"""Any close code with any reason, legal or not."""

import asyncio

from wsmonitor.lab.parameters import Query, choice, duration, integer, text
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit

HINT = "A Close frame with any code and reason, illegal ones such as 1005, 1006 or 999 included."


class Parameters(Query):
    """What the Close frame says, and when."""

    code: int = integer(1011, "the close code, illegal ones included", high=65535)
    reason: str = text("", "the reason, at most 123 bytes")
    body: str = choice("code", ("code", "empty"), "empty: a Close frame without code and reason")
    after_s: float = duration("5s", "age at which the connection ends")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well, then begins the closing handshake."""
    socket = await visit.accept()
    await together(Service(socket).run(), asyncio.sleep(parameters.after_s))
    if parameters.body == "empty":
        await socket.close(None)
    else:
        await socket.close(parameters.code, parameters.reason)
