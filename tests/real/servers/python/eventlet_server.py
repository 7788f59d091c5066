"""eventlet: a green thread for each connection; what a handler raises ends it bare."""

import eventlet
from eventlet import websocket, wsgi
from session import Session, arguments, sweep

port, plan = arguments()


def later(seconds, call):
    eventlet.spawn_after(seconds, call)


@websocket.WebSocketWSGI
def handler(socket):
    class Peer:
        send = staticmethod(socket.send)

        @staticmethod
        def close(code, reason):
            socket.close(None if code == 1005 else (code, reason))

        @staticmethod
        def abort():
            socket.websocket_closed = True
            socket.socket.shutdown(2)

    session = Session(plan, Peer, later)
    session.opened()
    try:
        while (message := socket.wait()) is not None:
            session.received(message)
    finally:
        session.lost()


sweep(plan, later)
wsgi.server(eventlet.listen(("127.0.0.1", port)), handler, log_output=False)
