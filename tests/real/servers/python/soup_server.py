"""libsoup 3, the HTTP library of GNOME, by way of its introspection: what a handler raises is only printed."""

import gi

gi.require_version("Soup", "3.0")
from gi.repository import GLib, Soup  # the version is chosen first
from session import Session, arguments, sweep

port, plan = arguments()
open_sockets = set()


def later(seconds, call):
    GLib.timeout_add(round(seconds * 1000), lambda: call() and False)


class Peer:
    def __init__(self, socket):
        self.send = socket.send_text
        self._socket = socket

    def close(self, code, reason):
        self._socket.close(Soup.WebsocketCloseCode.NO_STATUS if code == 1005 else code, reason or None)

    def abort(self):
        self._socket.get_io_stream().close(None)


def connected(server, message, path, socket):
    if plan.get("ping_s"):
        socket.set_keepalive_interval(max(1, round(plan["ping_s"])))
    session = Session(plan, Peer(socket), later)
    open_sockets.add(socket)

    def gone(_):
        session.lost()
        open_sockets.discard(socket)

    socket.connect("message", lambda _, kind, data: session.received(data.get_data()))
    socket.connect("closed", gone)
    session.opened()


server = Soup.Server()
server.add_websocket_handler("/ws", None, None, connected)
server.listen_local(port, Soup.ServerListenOptions.IPV4_ONLY)
sweep(plan, later)
GLib.MainLoop().run()
