"""Story 2: heartbeats go to all in one loop; a client that is gone ends the loop, and everybody with it."""

import asyncio

from wsmonitor.lab.parameters import Query, duration, integer
from wsmonitor.lab.service import Service, together, until_set
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.ending import end, ending

HINT = "Story 2: one client is cut off, the server's heartbeat to all fails on it, and everybody is dropped."


class Parameters(Query):
    """When a client is cut off, and how soon the server stumbles over it."""

    low_s: float = duration("3s", "a client is cut off at this age at the earliest")
    high_s: float = duration("9s", "and at this age at the latest")
    beat_s: float = duration("500ms", "the heartbeat to all comes so often")
    how: str = ending("1011", "how everybody else is dropped")
    seed: int = integer(1, "another seed gives other ages")


class _Room:
    """Who is served by one broadcasting loop; a loop that died is followed by a new one."""

    def __init__(self) -> None:
        self.broken = asyncio.Event()

    def break_down(self) -> None:
        """The loop met a client that is gone."""
        self.broken.set()
        self.broken = asyncio.Event()


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well until this client is cut off, or the loop dies of another one that was."""
    socket = await visit.accept()
    room = visit.shared(_Room)
    broken, service = room.broken, Service(socket)
    age_s = visit.dice(parameters.seed).uniform(parameters.low_s, parameters.high_s)
    await together(service.run(), asyncio.sleep(age_s), until_set(broken))
    if broken.is_set():
        await end(socket, parameters.how)
    elif not service.ended:
        socket.wire.reset()
        await asyncio.sleep(visit.dice(parameters.seed).uniform(0, parameters.beat_s))
        if not broken.is_set():
            room.break_down()
