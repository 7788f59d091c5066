"""Round trips that grow until the connection drops."""

import asyncio
from dataclasses import dataclass

from wsmonitor.lab.parameters import duration
from wsmonitor.lab.service import Service, answer_to, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.delay_line import DelayLine
from wsmonitor.lab.wire.ending import end, ending
from wsmonitor.lab.wire.frames import Opcode
from wsmonitor.lab.wire.websocket import Message, Ping, WebSocket

HINT = "A queue builds up: round trips grow and grow until the connection drops."


@dataclass(frozen=True)
class Parameters:
    """How the delay of pongs and answers grows, evenly with the age of the connection."""

    over_s: float = duration("20s", "the connection drops at this age")
    max_s: float = duration("800ms", "delay reached at that age")
    how: str = ending("fin", "how the connection ends")


class _Ramp(Service):
    def __init__(self, socket: WebSocket, parameters: Parameters) -> None:
        super().__init__(socket)
        self.line = DelayLine(socket)
        self._parameters = parameters
        self._now = asyncio.get_running_loop().time
        self._begun_s = self._now()

    async def on_ping(self, ping: Ping) -> None:
        self._later(Opcode.PONG, ping.payload)

    async def on_message(self, message: Message) -> None:
        answer = answer_to(message)
        self._later(answer.opcode, answer.payload)

    def _later(self, opcode: Opcode, payload: bytes) -> None:
        share = (self._now() - self._begun_s) / max(self._parameters.over_s, 1e-3)
        self.line.put(share * self._parameters.max_s, opcode, payload)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves ever slower, then drops."""
    service = _Ramp(await visit.accept(), parameters)
    await together(service.run(), service.line.run(), asyncio.sleep(parameters.over_s))
    await end(service.socket, parameters.how)
