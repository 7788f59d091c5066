"""Story 4: the server pings, only pongs reset its read deadline, and without them it hangs up."""

import asyncio
import json

from wsmonitor.lab.parameters import Query, choice, duration
from wsmonitor.lab.reference.session import confirmation_of
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.frames import Opcode
from wsmonitor.lab.wire.websocket import Message, Pong, WebSocket

HINT = "Story 4: only pongs reset the server's read deadline; without them FIN without Close, whatever else flows."


class Parameters(Query):
    ping_s: float = duration("30s", "the server pings so often")
    deadline_s: float = duration("60s", "without a pong for so long the server hangs up")
    pongs: str = choice("counted", ("counted", "ignored"), "ignored: as if the client's pongs never arrived")


class _WithDeadline(Service):
    def __init__(self, socket: WebSocket, parameters: Parameters) -> None:
        super().__init__(socket)
        self._parameters = parameters
        self._now = asyncio.get_running_loop().time
        self._deadline_s = self._now() + parameters.deadline_s

    async def on_message(self, message: Message) -> None:
        if (confirmation := confirmation_of(message)) is not None:
            await self.socket.send_text(json.dumps(confirmation))
        else:
            await super().on_message(message)

    async def on_pong(self, pong: Pong) -> None:
        if self._parameters.pongs == "counted":
            self._deadline_s = self._now() + self._parameters.deadline_s

    async def ping_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._parameters.ping_s)
            await self.socket.send(Opcode.PING, b"read deadline")

    async def deadline(self) -> None:
        while (left_s := self._deadline_s - self._now()) > 0:  # noqa: ASYNC110  # the deadline moves
            await asyncio.sleep(left_s)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well, messages and JSON pings included, as long as pongs arrive in time."""
    service = _WithDeadline(await visit.accept(), parameters)
    await together(service.run(), service.ping_for_ever(), service.deadline())
    await visit.wire.fin()
