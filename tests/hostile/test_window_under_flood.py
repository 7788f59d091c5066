"""A flood costs samples, not the window: what a frame may spend on events is bounded."""

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tests.analysis.facts import rtt
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.facts.events import AnyEvent
from wsmonitor.gui.feed.bridge import FOLD_NS, Bridge

EVENT_NS = 7_000
FLOOD = 50_000


class Flood:
    """Everything at once, then nothing."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = [rtt(number / 1000, 1.0) for number in range(FLOOD)]

    def take(self) -> list[AnyEvent]:
        taken, self.events = self.events, []
        return taken


class Slow:
    """A fold for which every event takes a while on a clock of its own."""

    def __init__(self) -> None:
        self.now_ns = 0
        self.folded: list[AnyEvent] = []

    def feed(self, events: list[AnyEvent]) -> None:
        self.folded += events
        self.now_ns += len(events) * EVENT_NS

    def snapshot(self, now_ns: int) -> Snapshot:
        return Analyzer(0, 0).snapshot(now_ns)


@pytest.fixture
def parent(qtbot: QtBot) -> QObject:
    return QObject()


def test_a_flood_is_folded_in_order_a_frame_at_a_time(parent: QObject) -> None:
    flood, slow = Flood(), Slow()
    expected = list(flood.events)
    bridge = Bridge(flood, slow, parent, is_watched=lambda: True, clock=lambda: slow.now_ns)

    spent_ns = []
    while len(slow.folded) < FLOOD:
        before_ns = slow.now_ns
        bridge.tick()
        spent_ns.append(slow.now_ns - before_ns)

    assert slow.folded == expected
    assert max(spent_ns) <= FOLD_NS * 1.25
