"""microdot: a small framework on bare asyncio streams."""

import asyncio

from asyncio_peers import later
from microdot import Microdot
from microdot.websocket import WebSocket, with_websocket
from session import Session, arguments, sweep

port, plan = arguments()
app = Microdot()
if plan.get("max_bytes"):
    WebSocket.max_message_length = plan["max_bytes"]


class Peer:
    def __init__(self, socket):
        self.socket = socket

    def send(self, text):
        asyncio.ensure_future(self.socket.send(text))

    def close(self, code, reason):
        frame = b"" if code == 1005 else code.to_bytes(2, "big") + reason.encode()
        asyncio.ensure_future(self._close(frame))

    async def _close(self, frame):
        await self.socket.send(frame, WebSocket.CLOSE)
        self.socket.request.sock[1].close()

    def abort(self):
        self.socket.request.sock[1].close()


@app.route("/ws")
@with_websocket
async def desk(_, socket):
    session = Session(plan, Peer(socket), later)
    session.opened()
    try:
        while True:
            session.received(await socket.receive())
    finally:
        session.lost()


async def main():
    sweep(plan, later)
    await app.start_server("127.0.0.1", port)


asyncio.run(main())
