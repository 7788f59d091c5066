"""ws4py on wsgiref: a thread for each request, one more that reads all sockets."""

import threading
from wsgiref.simple_server import make_server

from session import Session, arguments, sweep
from ws4py.server.wsgirefserver import WebSocketWSGIRequestHandler, WSGIServer
from ws4py.server.wsgiutils import WebSocketWSGIApplication
from ws4py.websocket import WebSocket

port, plan = arguments()


def later(seconds, call):
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()


class Desk(WebSocket):
    def opened(self):
        self.session = Session(plan, Peer(self), later)
        self.session.opened()

    def received_message(self, message):
        self.session.received(message.data)

    def closed(self, code, reason=None):
        self.session.lost()


class Peer:
    def __init__(self, socket):
        self.socket = socket

    def send(self, text):
        self.socket.send(text)

    def close(self, code, reason):
        self.socket.close(code if code != 1005 else 1000, reason)

    def abort(self):
        self.socket.close_connection()


sweep(plan, later)
server = make_server("127.0.0.1", port, server_class=WSGIServer, handler_class=WebSocketWSGIRequestHandler,
                     app=WebSocketWSGIApplication(handler_cls=Desk))  # fmt: skip
server.initialize_websockets_manager()
server.serve_forever()
