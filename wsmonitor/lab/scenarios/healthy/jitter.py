"""Round trips that scatter: every pong and answer is late by a random time, some by much."""

import random
from dataclasses import dataclass

from wsmonitor.lab.parameters import duration, integer
from wsmonitor.lab.service import Service, answer_to, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.delay_line import DelayLine
from wsmonitor.lab.wire.frames import Opcode
from wsmonitor.lab.wire.websocket import Message, Ping, WebSocket

HINT = "Healthy but uneven: every pong and answer is late by a random time."


@dataclass(frozen=True)
class Parameters:
    """How late answers are."""

    mean_s: float = duration("40ms", "mean delay of an answer (exponential)")
    max_s: float = duration("400ms", "no answer is later than this")
    seed: int = integer(1, "another seed gives another sequence of delays")


class Late(Service):
    """A service whose pongs and answers come late by random times."""

    def __init__(self, socket: WebSocket, parameters: Parameters, dice: random.Random) -> None:
        super().__init__(socket)
        self.line = DelayLine(socket)
        self._parameters = parameters
        self._dice = dice

    async def on_ping(self, ping: Ping) -> None:
        self._later(Opcode.PONG, ping.payload)

    async def on_message(self, message: Message) -> None:
        answer = answer_to(message)
        self._later(answer.opcode, answer.payload)

    def _later(self, opcode: Opcode, payload: bytes) -> None:
        mean_s = self._parameters.mean_s
        delay_s = self._dice.expovariate(1 / mean_s) if mean_s else 0.0
        self.line.put(min(delay_s, self._parameters.max_s), opcode, payload)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves with scattered delays until the client leaves."""
    service = Late(await visit.accept(), parameters, visit.dice(parameters.seed))
    await together(service.run(), service.line.run())
