"""What a command costs before it does anything, in turn with an interpreter that has nothing to do."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.benchmarks.row import Row, bounded

ROUNDS = 7


def run() -> Iterator[Row]:
    """To the end of `--version`, and to the first dial of `watch`."""
    versions, dials = [], []
    for _ in range(ROUNDS):
        nothing_ms = _until_end_ms("-c", "pass")
        versions.append(_until_end_ms("-m", "wsmonitor", "--version") - nothing_ms)
        dials.append(_until_dial_ms() - nothing_ms)
    note = "longer than `python -c pass`"
    yield bounded("wsmonitor --version", versions, "ms", goal=80, note=note)
    yield bounded("wsmonitor watch to its first dial", dials, "ms", goal=250, note=note)


def _until_end_ms(*words: str) -> float:
    began_s = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began_s) * 1e3


def _until_dial_ms() -> float:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = [sys.executable, "-m", "wsmonitor", "watch", f"ws://127.0.0.1:{listening.getsockname()[1]}/", "-q"]
        began_s = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            connection, _ = listening.accept()
            dialled_s = time.perf_counter()
            connection.close()
            process.terminate()
    return (dialled_s - began_s) * 1e3
