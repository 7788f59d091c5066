"""picows."""

import asyncio

from asyncio_peers import later
from picows import WSCloseCode, WSListener, WSMsgType, ws_create_server
from session import Session, arguments, sweep

port, plan = arguments()


class Listener(WSListener):
    def on_ws_connected(self, transport):
        self.transport = transport
        self.session = Session(plan, self, later)
        self.session.opened()

    def send(self, text):
        self.transport.send(WSMsgType.TEXT, text.encode())

    def close(self, code, reason):
        self.transport.send_close(WSCloseCode.NO_INFO if code == 1005 else code, reason.encode() or None)
        self.transport.disconnect()

    def abort(self):
        self.transport.disconnect()

    def on_ws_frame(self, transport, frame):
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
        elif frame.msg_type == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif frame.msg_type in (WSMsgType.TEXT, WSMsgType.BINARY):
            self.session.received(frame.get_payload_as_bytes())

    def on_ws_disconnected(self, transport):
        self.session.lost()


async def main():
    sweep(plan, later)
    options = {}
    if plan.get("ping_s"):
        options = {"enable_auto_ping": True, "auto_ping_idle_timeout": plan["ping_s"],
                   "auto_ping_reply_timeout": min(plan["pong_s"], plan["ping_s"])}  # fmt: skip
    server = await ws_create_server(lambda _: Listener(), "127.0.0.1", port, **options)
    await server.serve_forever()


asyncio.run(main())
