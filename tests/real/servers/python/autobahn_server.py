"""autobahn on asyncio."""

import asyncio

from asyncio_peers import later
from autobahn.asyncio.websocket import WebSocketServerFactory, WebSocketServerProtocol
from session import Session, arguments, sweep

port, plan = arguments()


class Protocol(WebSocketServerProtocol):
    def onOpen(self):
        self.session = Session(plan, self, later)
        self.session.opened()

    def send(self, text):
        self.sendMessage(text.encode())

    def close(self, code, reason):
        if code == 1005:
            self.sendClose()
        else:
            self.sendClose(code, reason)

    def abort(self):
        self.transport.close()

    def onMessage(self, payload, isBinary):
        self.session.received(payload)

    def onClose(self, *_args):
        if hasattr(self, "session"):
            self.session.lost()


async def main():
    factory = WebSocketServerFactory(f"ws://127.0.0.1:{port}")
    factory.protocol = Protocol
    factory.setProtocolOptions(
        autoPingInterval=plan.get("ping_s", 0), autoPingTimeout=plan.get("pong_s", 0),
        maxMessagePayloadSize=plan.get("max_bytes", 0),
    )  # fmt: skip
    sweep(plan, later)
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", port)
    await server.serve_forever()


asyncio.run(main())
