"""Story 3: an error path that closes, then sends and closes again on the closed socket."""

import asyncio
import contextlib

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.frames import Opcode, close_payload, encode
from wsmonitor.lab.wire.wire import PeerGoneError

HINT = "Story 3: Close 1011, then an error message and a second Close on the closed socket."

_ERROR = b'{"type":"error","message":"keepalive ping timeout"}'


class Parameters(Query):
    after_s: float = duration("5s", "age at which the error path runs")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well, then Close 1011, an error message after it, and a second Close 1000."""
    socket = await visit.accept()
    await together(Service(socket).run(), asyncio.sleep(parameters.after_s))
    first = encode(Opcode.CLOSE, close_payload(1011, "keepalive ping timeout"))
    second = encode(Opcode.CLOSE, close_payload(1000, "closed again"))
    with contextlib.suppress(PeerGoneError):
        await socket.wire.write(first + encode(Opcode.TEXT, _ERROR) + second)
    await socket.wire.fin()
