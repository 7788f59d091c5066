"""Processes of the channel, looked at from outside."""

import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from tests.waiting import until_async
from wsmonitor.facts.events import AnyEvent, Event
from wsmonitor.probe import channel
from wsmonitor.probe.client import ProbeClient
from wsmonitor.probe.launch import Launch, start_process
from wsmonitor.settings.endpoint_settings import CloseConfig, EndpointConfig, PingConfig, RetryConfig

REPOSITORY = Path(__file__).parents[2]
LIMIT_S = 10.0
E = TypeVar("E", bound=Event)


def endpoint(url: str, *, ping_s: float | None = None) -> EndpointConfig:
    """An endpoint that dials again soon."""
    return EndpointConfig(
        name="peer",
        url=url,
        ping=PingConfig(enabled=ping_s is not None, interval_s=ping_s or 20, timeout_s=5),
        retry=RetryConfig(base_s=0.05, cap_s=0.1),
        close=CloseConfig(timeout_s=0.3),
    )


class Using:
    """A client and everything that it has handed over."""

    def __init__(self, launch: Launch = start_process) -> None:
        self.client = ProbeClient(launch)
        self.events: list[AnyEvent] = []

    def all(self, kind: type[E]) -> list[E]:
        return [cast(E, event) for event in self.events if isinstance(event, kind)]

    async def fact(self, kind: type[E], that: Callable[[E], bool] = lambda _: True, *, count: int = 1) -> E:
        """The `count`-th fact of a kind for which `that` is true."""

        def found() -> list[E]:
            self.events += self.client.take()
            return [event for event in self.all(kind) if that(event)]

        await until_async(f"{kind.__name__} number {count}", lambda: len(found()) >= count)
        return found()[count - 1]

    async def done(self, command: channel.Command) -> None:
        """Give a command and wait for its answer; raises what was refused."""
        promise = self.client.command(command)

        def settled() -> bool:
            self.events += self.client.take()
            return promise.done()

        await until_async(f"an answer to {type(command).__name__}", settled)
        promise.result()


class RawProbe:
    """The probe process with its pipes in our hands."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(
            command or (sys.executable, "-P", "-m", "wsmonitor", "probe"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=REPOSITORY,
        )

    def send(self, *frames: channel.Frame | bytes) -> None:
        """Write frames, or bytes that are none."""
        assert self.process.stdin is not None
        for frame in frames:
            self.process.stdin.write(frame if isinstance(frame, bytes) else channel.encode(frame))
        self.process.stdin.flush()

    def hello(self, version: int = channel.VERSION) -> None:
        """Greet it."""
        self.send(channel.Hello(version=version, pid=os.getpid(), at_ns=0, wall_ns=0))

    def next_frame(self) -> channel.FromProbe:
        """The next frame that it wrote; fails where there is none."""
        assert self.process.stdout is not None
        (length,) = struct.unpack("!I", self.process.stdout.read(4))
        return channel.decode_from_probe(self.process.stdout.read(length))

    def end(self) -> tuple[int, str]:
        """Close its stdin; its exit code and what it said on stderr."""
        _, said = self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode, said.decode()

    def kill(self) -> None:
        """Leave nothing behind."""
        self.process.kill()
        self.process.communicate()


class Parent:
    """A parent of a probe in a process of its own, to be stopped and killed."""

    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.probe.parent", url], stdout=subprocess.PIPE, cwd=REPOSITORY
        )
        assert self.process.stdout is not None
        self._stdout = self.process.stdout
        os.set_blocking(self._stdout.fileno(), False)
        self._said = b""

    async def probe_pid(self) -> int:
        """The process id of its probe, once the connection is open."""

        def has_said() -> bool:
            self._said += self._stdout.read() or b""
            return self._said.endswith(b"\n")

        await until_async("the parent's probe to open", has_said)
        return int(self._said.split()[0])

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()
        self._stdout.close()


def is_running(pid: int) -> bool:
    """False once a process has ended, whether or not somebody fetched its exit code."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"
