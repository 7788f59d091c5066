"""tornado."""

import asyncio

from asyncio_peers import later
from session import Session, arguments, sweep
from tornado import web, websocket

port, plan = arguments()


class Handler(websocket.WebSocketHandler):
    def check_origin(self, origin):
        return True

    def open(self, *_args):
        self.session = Session(plan, self, later)
        self.session.opened()

    def send(self, text):
        self.write_message(text)

    def close(self, code=None, reason=None):
        if code == 1005:
            super().close()
        else:
            super().close(code, reason)

    def abort(self):
        self.ws_connection.stream.close()

    def on_message(self, message):
        self.session.received(message)

    def on_close(self):
        self.session.lost()


async def main():
    sweep(plan, later)
    options = {"websocket_ping_interval": plan.get("ping_s"), "websocket_ping_timeout": plan.get("pong_s")}
    if plan.get("max_bytes"):
        options["websocket_max_message_size"] = plan["max_bytes"]
    web.Application([("/.*", Handler)], **options).listen(port, "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(main())
