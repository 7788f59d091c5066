"""How soon a fault acts on an idle connection of a tap in its probe: ordered by hand, and planned beforehand.

That it acts before the tap reads another byte once it says so is held by `tests/tap/faults/test_at_once.py`; what ends
a connection is timed by the end itself.
"""

import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.benchmarks.row import Row, middle
from tests.benchmarks.through_a_tap import echo, opened
from wsmonitor.facts.events import EVERYTHING, OFF, AnyEvent, Disruption, ProbeStarted
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.probe import channel
from wsmonitor.probe.client import ProbeClient
from wsmonitor.settings.endpoint_settings import EndpointConfig, FaultConfig, TapConfig
from wsmonitor.settings.tap_faults import FAULTS

LIVE = [one.kind for one in FAULTS if one.acts_on not in ("openings", "answer")]
AT_ONCE_END = {"reset", "fin", "half_close", "close", "invalid_frame", "cut_message"}
"""The client notices these without sending anything."""
ROUNDS = 5
IDLE_S = 0.1
PLANNED_S = 1.0
GOAL_MS = 50.0
LIMIT_S = 30.0


def run() -> Iterator[Row]:
    """The slowest kind of all, by hand and as planned."""
    with echo() as server:
        with _tap(server, TapConfig()) as tap:
            took_ms = {kind: middle([tap.order(kind) for _ in range(ROUNDS)]) for kind in LIVE}
        yield _row("a fault acts on an idle connection", took_ms)
        faults = tuple(FaultConfig(kind=kind, at_s=PLANNED_S) for kind in LIVE if kind not in AT_ONCE_END)
        with _tap(server, TapConfig(fault=faults)) as tap, opened(tap.port):
            planned_ns = tap.listening.at_ns + int(PLANNED_S * 1e9)
            late_ms = {one.kind: (tap.started(one.kind) - planned_ns) / 1e6 for one in faults}
        yield _row("planned faults, all at once, act late by", late_ms)


def _row(name: str, took_ms: dict[str, float]) -> Row:
    slowest = max(took_ms, key=lambda kind: took_ms[kind])
    note = f"the slowest of {len(took_ms)} kinds ({slowest}); median {middle(list(took_ms.values())):.2f} ms"
    return Row(name, took_ms[slowest], "ms", goal=GOAL_MS, note=note)


class _Tap:
    """A tap in its probe, and all that it told."""

    def __init__(self, client: ProbeClient, settings: EndpointConfig) -> None:
        self._client = client
        self._told: list[AnyEvent] = []
        self._first(lambda event: isinstance(event, ProbeStarted))
        client.command(channel.AddEndpoint(config=settings))
        client.command(channel.ConnectEndpoint(endpoint=settings.name))
        listening = self._first(lambda event: isinstance(event, TapListening))
        assert isinstance(listening, TapListening)
        self.listening = listening
        self.port = int(listening.addresses[0].rpartition(":")[2])

    def order(self, kind: str) -> float:
        """Milliseconds from the order to the end that the client sees, or to the tap's word that it acts."""
        with opened(self.port) as sock:
            time.sleep(IDLE_S)
            self._client.take()
            self._told.clear()
            began_ns = time.monotonic_ns()
            self._client.command(channel.Disrupt(endpoint="tap", kind=kind))
            at_ns = _noticed(sock) if kind in AT_ONCE_END else self.started(kind)
            self._client.command(channel.Disrupt(endpoint="tap", kind=EVERYTHING, argument=OFF))
        return (at_ns - began_ns) / 1e6

    def started(self, kind: str) -> int:
        """When it began to act on a client."""
        return self._first(
            lambda event: (
                isinstance(event, Disruption) and (event.kind, event.phase, event.is_shared) == (kind, "started", False)
            )
        ).at_ns

    def _first(self, is_meant: Callable[[AnyEvent], bool]) -> AnyEvent:
        deadline_s = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline_s:
            for event in self._told:
                if is_meant(event):
                    return event
            self._client.wait(0.1)
            self._told += self._client.take()
        raise RuntimeError(f"not told within {LIMIT_S:g} s")


def _noticed(sock: socket.socket) -> int:
    """When something came to a client that waits for nothing."""
    select.select([sock], [], [], LIMIT_S)
    return time.monotonic_ns()


@contextmanager
def _tap(server: int, settings: TapConfig) -> Iterator[_Tap]:
    client = ProbeClient()
    client.start()
    try:
        yield _Tap(client, EndpointConfig(name="tap", url=f"ws://127.0.0.1:{server}/", tap=settings))
    finally:
        client.close()
