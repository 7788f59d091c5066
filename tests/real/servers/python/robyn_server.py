"""robyn, on actix in Rust: it closes without a code of ours, and a handler that raises is only logged."""

import asyncio

from asyncio_peers import later
from robyn import Robyn
from session import Session, arguments, sweep

port, plan = arguments()
app = Robyn(__file__)


class Peer:
    def __init__(self, socket):
        self.socket = socket

    def send(self, text):
        asyncio.ensure_future(self.socket.send_text(text))

    def close(self, code, reason):
        asyncio.ensure_future(self.socket.close())


swept = []


@app.websocket("/ws")
async def desk(socket):
    if not swept:
        swept.append(sweep(plan, later))
    session = Session(plan, Peer(socket), later)
    session.opened()
    try:
        while True:
            session.received(await socket.receive_text())
    finally:
        session.lost()


app.start(host="127.0.0.1", port=port)
