"""A server that ignores pings."""

from wsmonitor.lab.parameters import NoParameters
from wsmonitor.lab.service import Service
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.websocket import Ping

HINT = "Never answers a ping; messages are answered."


class _WithoutPongs(Service):
    async def on_ping(self, ping: Ping) -> None:
        pass


async def run(visit: Visit, parameters: NoParameters) -> None:
    """Answers messages, never a ping, until the client leaves."""
    await _WithoutPongs(await visit.accept()).run()
