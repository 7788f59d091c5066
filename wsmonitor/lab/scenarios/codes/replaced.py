"""One connection at a time: a newer one ends the older one."""

import asyncio

from wsmonitor.lab.parameters import NoParameters
from wsmonitor.lab.service import Service, together, until_set
from wsmonitor.lab.visit import Visit

HINT = 'Connect twice: the second connection ends the first with 1008 "replaced by a newer connection".'


class Seat:
    """Who sits there now; all who visit the same URL compete for it."""

    def __init__(self) -> None:
        self._replaced = asyncio.Event()

    def take(self) -> asyncio.Event:
        """Sends the holder away and returns the event that will send us away."""
        self._replaced.set()
        self._replaced = asyncio.Event()
        return self._replaced


async def run(visit: Visit, parameters: NoParameters) -> None:
    """Serves well until somebody else connects to the same URL."""
    socket = await visit.accept()
    replaced = visit.shared(Seat).take()
    await together(Service(socket).run(), until_set(replaced))
    if replaced.is_set():
        await socket.close(1008, "replaced by a newer connection")
