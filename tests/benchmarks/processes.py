"""Processes of a benchmark: a server, a reference client, the window; each alone in its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from tests.benchmarks.bare_client import Pinged
from tests.benchmarks.windowed import Report, Request, Spec


@contextmanager
def module(name: str, *args: str) -> "Iterator[subprocess.Popen[str]]":
    """Run `python -m tests.benchmarks.NAME ARGS` until the block ends; its stdin ends it."""
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", *args]
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ) as process:
        try:
            yield process
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@dataclass(frozen=True)
class Server:
    """A bare `websockets` server."""

    process: "subprocess.Popen[str]"
    port: int

    def url(self, path: str = "") -> str:
        """Where it serves what (`echo_server.py`)."""
        return f"ws://127.0.0.1:{self.port}/{path}"


@contextmanager
def server() -> Iterator[Server]:
    """Run the server."""
    with module("echo_server") as process:
        yield Server(process, int(read_line(process)))


def bare_pings(url: str, connections: int, interval_s: float, seconds: float, rounds: int = 1) -> Pinged:
    """What a bare client measures without any window, in so many rounds of so many seconds."""
    words = map(str, (connections, interval_s, seconds, rounds))
    with module("bare_client", "ping", url, *words) as process:
        return msgspec.json.decode(read_line(process), type=Pinged)


class Window:
    """The real window in its process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        assert read_line(process) == "ready", "the window came up"

    def ask(self, request: Request) -> Report:
        """Have something done and wait for its report."""
        self.begin(request)
        return self.finish()

    def begin(self, request: Request) -> None:
        """Have something done."""
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(request).decode() + "\n")
        self.process.stdin.flush()

    def finish(self) -> Report:
        """Wait for its report."""
        return msgspec.json.decode(read_line(self.process), type=Report)

    def measure(self, seconds: float) -> Report:
        """Measure for so long."""
        return self.ask(Request(do="measure", seconds=seconds))


@contextmanager
def window(spec: Spec) -> Iterator[Window]:
    """The window on `spec`."""
    with module("windowed", msgspec.json.encode(spec).decode()) as process:
        yield Window(process)


def read_line(process: "subprocess.Popen[str]") -> str:
    """The next line that a process says."""
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line, f"{process.args!r} ended without a word"
    return line
