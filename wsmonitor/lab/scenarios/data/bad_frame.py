"""Frames that RFC 6455 forbids: the client must fail the connection with 1002."""

import asyncio
from collections.abc import Mapping
from typing import Final

from wsmonitor.lab.parameters import Query, choice, duration
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.frames import Opcode, close_payload, encode
from wsmonitor.lab.wire.silence import until_gone

HINT = "A frame that the protocol forbids, seven kinds: the client must end with 1002."

FRAMES: Final[Mapping[str, bytes]] = {
    "masked": encode(Opcode.TEXT, b"a server must not mask", mask=b"\x01\x02\x03\x04"),
    "bad_opcode": encode(3, b"opcode 3 is reserved"),
    "rsv1": encode(Opcode.TEXT, b"no extension was agreed", rsv=4),
    "long_ping": encode(Opcode.PING, bytes(126)),
    "fragmented_ping": encode(Opcode.PING, b"control frames must be whole", fin=False),
    "orphan_continuation": encode(Opcode.CONTINUATION, b"of nothing"),
    "close_1005": encode(Opcode.CLOSE, close_payload(1005)),
}


class Parameters(Query):
    kind: str = choice("masked", FRAMES, "which rule is broken")
    after_s: float = duration("2s", "age at which the frame is sent")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well, sends the bad frame, and leaves the rest to the client."""
    socket = await visit.accept()
    await together(Service(socket).run(), asyncio.sleep(parameters.after_s))
    await socket.wire.write(FRAMES[parameters.kind])
    await until_gone(socket.wire)
