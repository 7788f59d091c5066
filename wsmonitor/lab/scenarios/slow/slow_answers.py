"""A handler that takes its time for every message; pings are answered at once."""

from dataclasses import dataclass

from wsmonitor.lab.parameters import duration
from wsmonitor.lab.service import Service, answer_to, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.delay_line import DelayLine
from wsmonitor.lab.wire.websocket import Message, WebSocket

HINT = "Pongs come at once, answers to messages seconds later."


@dataclass(frozen=True)
class Parameters:
    """How slow."""

    delay_s: float = duration("2s", "every message is answered so much later")


class _Slow(Service):
    def __init__(self, socket: WebSocket, delay_s: float) -> None:
        super().__init__(socket)
        self.line = DelayLine(socket)
        self._delay_s = delay_s

    async def on_message(self, message: Message) -> None:
        answer = answer_to(message)
        self.line.put(self._delay_s, answer.opcode, answer.payload)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Answers late until the client leaves."""
    service = _Slow(await visit.accept(), parameters.delay_s)
    await together(service.run(), service.line.run())
