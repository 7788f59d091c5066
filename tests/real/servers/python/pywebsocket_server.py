"""pywebsocket3, the server of the browsers' own tests: a thread for a connection, a handler that blocks in reads."""

import logging
import sys
import threading
import types

from pywebsocket3 import dispatch, standalone
from session import Session, arguments, sweep

port, plan = arguments()


def later(seconds, call):
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()


def shake_hands(request):
    pass


def transfer(request):
    class Peer:
        lock = threading.Lock()

        @classmethod
        def send(cls, text):
            with cls.lock:
                request.ws_stream.send_message(text, binary=False)

        @classmethod
        def close(cls, code, reason):
            with cls.lock:
                request.ws_stream.close_connection(None if code == 1005 else code, reason, wait_response=False)

        @staticmethod
        def abort():
            request.connection._connection.shutdown(2)

    session = Session(plan, Peer, later)
    session.opened()
    try:
        while (message := request.ws_stream.receive_message()) is not None:
            session.received(message)
    finally:
        session.lost()


class Dispatcher(dispatch.Dispatcher):
    """One handler for every path; its folder has no scripts."""

    def __init__(self, *_, **__):
        super().__init__(".")

    def get_handler_suite(self, resource):
        return types.SimpleNamespace(
            do_extra_handshake=shake_hands,
            transfer_data=transfer,
            passive_closing_handshake=dispatch._default_passive_closing_handshake_handler,
        )


dispatch.Dispatcher = Dispatcher
logging.disable(logging.CRITICAL)
sweep(plan, later)
sys.argv = ["standalone", "-p", str(port), "-H", "127.0.0.1", "-d", "."]
standalone._main(sys.argv[1:])
