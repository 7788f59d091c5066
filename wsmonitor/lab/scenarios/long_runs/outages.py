"""A service that goes away and comes back: 1012, then TCP refused, then 503, then well again.

It has an address of its own, because a refused connection is refused for everybody: on the main port's
number at 127.0.0.2 where the system has that address (Linux, Windows), elsewhere on another port.
"""

import asyncio
import contextlib
import math
from typing import Final

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.scenario import Ground
from wsmonitor.lab.service import Service, together, until_set
from wsmonitor.lab.visit import Visit

HINT = "Well for a while, then 1012, TCP refused, 503 with Retry-After, and well again."

SECOND_LOOPBACK: Final = "127.0.0.2"


class Parameters(Query):
    """The phases of one outage, counted from the first connection after the last outage."""

    up_s: float = duration("6s", "served well for so long, then ended with 1012")
    refused_s: float = duration("3s", "TCP connections are refused")
    unavailable_s: float = duration("3s", "requests are answered with 503 and Retry-After")


class FlakyPort:
    """Listens, or not; one outage at a time, started by a visitor."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._server: asyncio.Server | None = None
        self._outage: asyncio.Task[None] | None = None
        self._well_again_s = 0.0
        self.address = (SECOND_LOOPBACK, ground.port)
        self.restart = asyncio.Event()
        """Set when the connections that are open end."""

    async def listen(self) -> None:
        """Accepts connections (again)."""
        self._server = await self._ground.listen(*self.address, self)
        self.address = self._server.sockets[0].getsockname()[:2]

    @property
    def url(self) -> str:
        """Where clients dial."""
        return self._ground.url(self.address, "outages")

    @property
    def unavailable_for_s(self) -> float:
        """So long requests are still answered with 503."""
        return max(0.0, self._well_again_s - asyncio.get_running_loop().time())

    def plan_outage(self, parameters: Parameters) -> None:
        """Starts the way to the next outage, unless one is under way."""
        if self._outage is None or self._outage.done():
            self.restart = asyncio.Event()
            self._outage = asyncio.create_task(self._go_through(parameters), name="lab outage")

    async def close(self) -> None:
        """Releases the address."""
        if self._outage is not None:
            self._outage.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._outage
        self._stop_listening()

    async def _go_through(self, parameters: Parameters) -> None:
        await asyncio.sleep(parameters.up_s)
        self.restart.set()
        self._stop_listening()
        await asyncio.sleep(parameters.refused_s)
        self._well_again_s = asyncio.get_running_loop().time() + parameters.unavailable_s
        await self.listen()

    def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()


async def open_port(ground: Ground) -> FlakyPort:
    """Listens at the second loopback address; where that is impossible, on a free port of the lab's host."""
    port = FlakyPort(ground)
    try:
        await port.listen()
    except OSError:
        port.address = (ground.host, 0)
        await port.listen()
    return port


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves until the outage that this visit may have started."""
    port = visit.port
    assert isinstance(port, FlakyPort)
    if left_s := port.unavailable_for_s:
        retry_after = {"Retry-After": str(math.ceil(left_s))}
        await visit.answer(503, "The lab plays an outage.", retry_after)
        return
    port.plan_outage(parameters)
    restart = port.restart
    socket = await visit.accept()
    await together(Service(socket).run(), until_set(restart))
    await socket.close(1012, "service restart")
