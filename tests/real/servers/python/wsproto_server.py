"""wsproto over asyncio's bare transports: what a handler raises ends the transport, as asyncio has it."""

import asyncio

from asyncio_peers import later
from session import Session, arguments, sweep
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Ping, Request, TextMessage
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

port, plan = arguments()


class Server(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.wire, self.text = transport, WSConnection(ConnectionType.SERVER), ""
        self.session = Session(plan, self, later)

    def write(self, event):
        try:
            self.transport.write(self.wire.send(event))
        except LocalProtocolError:
            self.transport.close()

    def send(self, text):
        self.write(TextMessage(data=text))

    def close(self, code, reason):
        self.write(CloseConnection(code=1000 if code == 1005 else code, reason=reason))

    def abort(self):
        self.transport.abort() if plan.get("rst") else self.transport.close()

    def data_received(self, data):
        try:
            self.wire.receive_data(data)
        except RemoteProtocolError as error:
            if error.event_hint:
                self.write(error.event_hint)
            self.transport.close()
            return
        for event in self.wire.events():
            self.handle(event)

    def handle(self, event):
        match event:
            case Request():
                if plan.get("hang"):
                    return
                self.write(AcceptConnection())
                self.session.opened()
            case Ping():
                if not plan.get("mute"):
                    self.write(event.response())
            case TextMessage() | BytesMessage():
                self.text += event.data if isinstance(event, TextMessage) else event.data.decode("utf-8", "replace")
                if not event.message_finished:
                    return
                text, self.text = self.text, ""
                if plan.get("garble") and plan["garble"] in text:
                    self.transport.write(bytes.fromhex(plan["frame"]))
                    return
                self.session.received(text)
            case CloseConnection():
                if self.session.gone:
                    self.transport.close()
                    return
                self.session.lost()
                self.write(event.response())
                self.transport.close()

    def connection_lost(self, error):
        self.session.lost()


async def main():
    sweep(plan, later)
    loop = asyncio.get_running_loop()
    async with await loop.create_server(Server, "127.0.0.1", port) as server:
        await server.serve_forever()


asyncio.run(main())
