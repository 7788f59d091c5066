"""A program that websocketd starts for each connection: lines in, lines out, and its end is the connection's."""

import json
import os
import sys
import threading

from session import Session

plan = json.loads(os.environ["PLAN"])


class Peer:
    def send(self, text):
        sys.stdout.write(text.replace("\n", " ") + "\n")
        sys.stdout.flush()

    def close(self, code, reason):
        os._exit(0)

    def abort(self):
        os._exit(1)


def later(seconds, call):
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()


session = Session(plan, Peer(), later)
session.opened()
for line in sys.stdin:
    session.received(line.rstrip("\n"))
