"""`python -m tests.hostile.attackers`: attacks whoever connects, one port for each attack, until stdin ends."""

import contextlib
import json
import os
import socket
import sys
import threading

from tests.hostile.attacks import ATTACKS, Attack


def main() -> None:
    """Listen, print the ports as one line of JSON, attack."""
    ports = {}
    for name, attack in ATTACKS.items():
        listener = socket.create_server(("127.0.0.1", 0))
        ports[name] = listener.getsockname()[1]
        threading.Thread(target=_listen, args=(listener, attack), daemon=True).start()
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)  # attacks know no end of their own


def _listen(listener: socket.socket, attack: Attack) -> None:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_attack, args=(connection, attack), daemon=True).start()


def _attack(connection: socket.socket, attack: Attack) -> None:
    with connection, contextlib.suppress(OSError):
        attack(connection)


if __name__ == "__main__":
    main()
