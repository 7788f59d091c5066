"""gevent-websocket."""

from gevent import monkey

monkey.patch_all()

import gevent
from geventwebsocket.handler import WebSocketHandler
from session import Session, arguments, sweep

port, plan = arguments()


def later(seconds, call):
    gevent.spawn_later(seconds, call)


def application(environ, start_response):
    socket = environ["wsgi.websocket"]

    class Peer:
        send = staticmethod(socket.send)

        @staticmethod
        def close(code, reason):
            socket.close(1000 if code == 1005 else code, reason)

        @staticmethod
        def abort():
            socket.handler.socket.shutdown(2)

    session = Session(plan, Peer, later)
    session.opened()
    try:
        while (message := socket.receive()) is not None:
            session.received(message)
    finally:
        session.lost()
    return []


sweep(plan, later)
from gevent.pywsgi import WSGIServer

WSGIServer(("127.0.0.1", port), application, handler_class=WebSocketHandler, log=None, error_log=None).serve_forever()
