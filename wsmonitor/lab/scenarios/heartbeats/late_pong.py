"""Pongs that come late, each with the right payload."""

from dataclasses import dataclass

from wsmonitor.lab.parameters import duration
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.delay_line import DelayLine
from wsmonitor.lab.wire.frames import Opcode
from wsmonitor.lab.wire.websocket import Ping, WebSocket

HINT = "Pongs come seconds late; messages are answered at once."


@dataclass(frozen=True)
class Parameters:
    """How late."""

    delay_s: float = duration("3s", "every pong comes so much later")


class _LatePongs(Service):
    def __init__(self, socket: WebSocket, delay_s: float) -> None:
        super().__init__(socket)
        self.line = DelayLine(socket)
        self._delay_s = delay_s

    async def on_ping(self, ping: Ping) -> None:
        self.line.put(self._delay_s, Opcode.PONG, ping.payload)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Answers messages at once and pings late until the client leaves."""
    service = _LatePongs(await visit.accept(), parameters.delay_s)
    await together(service.run(), service.line.run())
