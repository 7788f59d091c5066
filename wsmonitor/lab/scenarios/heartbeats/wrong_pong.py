"""Pongs that answer no ping."""

from wsmonitor.lab.parameters import NoParameters
from wsmonitor.lab.service import Service
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.frames import Opcode
from wsmonitor.lab.wire.websocket import Ping

HINT = "Every ping gets a pong with a payload that was never sent."


class _WrongPongs(Service):
    async def on_ping(self, ping: Ping) -> None:
        await self.socket.send(Opcode.PONG, b"wrong" if ping.payload != b"wrong" else b"also wrong")


async def run(visit: Visit, parameters: NoParameters) -> None:
    """Answers messages well and pings with a payload that was never sent, until the client leaves."""
    await _WrongPongs(await visit.accept()).run()
