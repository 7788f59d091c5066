"""Story 5: accepted, and gone before the first message."""

import asyncio

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.ending import end, ending

HINT = "Story 5: the handler fails on its first send; accepted and gone within a millisecond, every time."


class Parameters(Query):
    after_s: float = duration("0ms", "age at which the connection ends")
    how: str = ending("fin", "how the connection ends")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Accepts and hangs up."""
    socket = await visit.accept()
    if parameters.after_s:
        await asyncio.sleep(parameters.after_s)
    await end(socket, parameters.how)
