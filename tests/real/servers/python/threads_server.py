"""flask-sock (simple-websocket) on Werkzeug, or websocket-server, each with a thread for a connection."""

import contextlib
import threading

from session import Session, arguments, sweep

port, plan = arguments()


def later(seconds, call):
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()


def flask_sock():
    from flask import Flask
    from flask_sock import Sock
    from simple_websocket import ConnectionClosed

    app = Flask("plan")
    app.config["SOCK_SERVER_OPTIONS"] = {"ping_interval": plan.get("ping_s"), "max_message_size": plan.get("max_bytes")}
    sock = Sock(app)

    @sock.route("/<path:path>")
    def handler(socket, path):
        class Peer:
            send = staticmethod(socket.send)

            @staticmethod
            def close(code, reason):
                with contextlib.suppress(ConnectionClosed):
                    socket.close(1000 if code == 1005 else code, reason)

            @staticmethod
            def abort():
                socket.sock.shutdown(2)

        session = Session(plan, Peer, later)
        session.opened()
        try:
            while True:
                session.received(socket.receive())
        finally:
            session.lost()

    app.run("127.0.0.1", port, threaded=True)


def websocket_server():
    from websocket_server import WebsocketServer

    server = WebsocketServer("127.0.0.1", port)
    sessions = {}

    def joined(client, _):
        class Peer:
            @staticmethod
            def send(text):
                server.send_message(client, text)

            @staticmethod
            def close(code, reason):
                client["handler"].send_close(1000 if code == 1005 else code, reason.encode())

            @staticmethod
            def abort():
                client["handler"].connection.shutdown(2)

        sessions[client["id"]] = Session(plan, Peer, later)
        sessions[client["id"]].opened()

    server.set_fn_new_client(joined)
    server.set_fn_message_received(lambda client, _, message: sessions[client["id"]].received(message))
    server.set_fn_client_left(lambda client, _: sessions[client["id"]].lost() if client else None)
    server.run_forever()


sweep(plan, later)
{"flask-sock": flask_sock, "websocket-server": websocket_server}[plan["server"]]()
