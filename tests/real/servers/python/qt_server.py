"""QWebSocketServer of Qt 6, by way of Debian's PyQt6: what a slot raises ends the whole program."""

import sys

from PyQt6.QtCore import QCoreApplication, QTimer
from PyQt6.QtNetwork import QHostAddress
from PyQt6.QtWebSockets import QWebSocketProtocol, QWebSocketServer
from session import Session, arguments, sweep

port, plan = arguments()
application = QCoreApplication(sys.argv[:1])
server = QWebSocketServer("plan", QWebSocketServer.SslMode.NonSecureMode)
open_sockets = set()


def later(seconds, call):
    QTimer.singleShot(round(seconds * 1000), call)


class Peer:
    def __init__(self, socket):
        self.send, self.abort = socket.sendTextMessage, socket.abort
        self._socket = socket

    def close(self, code, reason):
        self._socket.close(QWebSocketProtocol.CloseCode(1000 if code == 1005 else code), reason)


def connected():
    socket = server.nextPendingConnection()
    if plan.get("max_bytes"):
        socket.setMaxAllowedIncomingMessageSize(plan["max_bytes"])
    session = Session(plan, Peer(socket), later)
    open_sockets.add(socket)

    def gone():
        session.lost()
        open_sockets.discard(socket)

    socket.textMessageReceived.connect(session.received)
    socket.disconnected.connect(gone)
    session.opened()


server.newConnection.connect(connected)
assert server.listen(QHostAddress("127.0.0.1"), port), server.errorString()
sweep(plan, later)
application.exec()
