"""A server whose event loop is blocked again and again; it has a process of its own to block."""

import asyncio
import time

from wsmonitor.lab.own_process import WorkerPort, start_worker
from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.scenario import Ground
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit

HINT = "The server's event loop is blocked for 300 ms every 3 s: periodic spikes, while the kernel answers at once."


class Parameters(Query):
    """The blockage; every connection to the process feels those of the others."""

    block_s: float = duration("300ms", "the loop does nothing for so long")
    every_s: float = duration("3s", "from one blockage to the next")


async def open_port(ground: Ground) -> WorkerPort:
    """Starts the process."""
    return await start_worker("blocked_loop", ground)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well between the blockages until the client leaves."""
    await together(Service(await visit.accept()).run(), _block_for_ever(parameters))


async def _block_for_ever(parameters: Parameters) -> None:
    while True:
        await asyncio.sleep(parameters.every_s)
        time.sleep(min(parameters.block_s, 10.0))  # noqa: ASYNC251  # the very mistake that is played here
