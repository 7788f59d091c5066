"""101, and then not a word."""

from wsmonitor.lab.parameters import Query, choice
from wsmonitor.lab.service import Service
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.silence import until_gone
from wsmonitor.lab.wire.websocket import Message

HINT = "Accepts, answers pings, and never sends a message: subscribed to nothing."


class Parameters(Query):
    pongs: str = choice("yes", ("yes", "no"), "no: pings and Close are not answered either")


class _WithoutMessages(Service):
    async def on_message(self, message: Message) -> None:
        pass


async def run(visit: Visit, parameters: Parameters) -> None:
    """Accepts and says no message until the client leaves."""
    socket = await visit.accept()
    if parameters.pongs == "yes":
        await _WithoutMessages(socket).run()
    else:
        await until_gone(socket.wire)
