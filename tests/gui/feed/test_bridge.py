"""When a frame is due: at once where something came, now and then where nothing did, and never where nobody looks."""

import threading
from collections.abc import Iterator
from itertools import count

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from tests.analysis.facts import analyzer, ns, rtt
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.facts.events import AnyEvent
from wsmonitor.gui.feed.bridge import FOLD_NS, FRAME_MS, Bridge


class Script:
    """Hands out a batch of events at each frame."""

    def __init__(self) -> None:
        self.coming: list[AnyEvent] = []

    def take(self) -> list[AnyEvent]:
        came, self.coming = self.coming, []
        return came


class Seen:
    """A bridge and, for each frame that was due, whether something had come."""

    def __init__(self, qapp: QApplication) -> None:
        self.script = Script()
        self.is_watched, self.is_recording = True, False
        self.bridge = Bridge(
            self.script,
            analyzer(),
            qapp,
            is_watched=lambda: self.is_watched,
            is_recording=lambda: self.is_recording,
        )
        self.frames: list[bool] = []
        self.bridge.snapshot_taken.connect(self._take)
        self.bridge.tick()
        self.frames.clear()

    def _take(self, snapshot: object, fresh: bool) -> None:
        self.frames.append(fresh)

    def ticks(self, count: int) -> list[bool]:
        """The frames of so many ticks."""
        self.frames.clear()
        for _ in range(count):
            self.bridge.tick()
        return list(self.frames)


@pytest.fixture
def seen(qapp: QApplication) -> Iterator[Seen]:
    made = Seen(qapp)
    yield made
    made.bridge.deleteLater()


def test_without_news_a_frame_is_due_ten_times_a_second_and_it_is_not_fresh(seen: Seen) -> None:
    seen.ticks(2)

    assert seen.ticks(3) == [False] * 3
    assert seen.bridge.pause_ms == 100


def test_news_are_a_fresh_frame_at_once_and_the_next_tick_comes_soon(seen: Seen) -> None:
    seen.ticks(2)
    seen.script.coming = [rtt(1, 5.0)]

    assert seen.ticks(1) == [True]
    assert seen.bridge.pause_ms == FRAME_MS
    assert seen.ticks(1) == []
    assert seen.ticks(1) == [False]


def test_what_comes_wakes_a_bridge_that_sleeps(seen: Seen) -> None:
    seen.bridge.start()
    seen.ticks(2)
    reading = threading.Thread(target=seen.bridge.woken.emit)
    reading.start()
    reading.join()

    QCoreApplication.sendPostedEvents(seen.bridge)

    assert seen.bridge.pause_ms <= FRAME_MS
    seen.bridge.stop()


@pytest.mark.parametrize(("slept_ms", "pause_ms"), [(0, FRAME_MS), (13, FRAME_MS - 13), (FRAME_MS, 0), (99, 0)])
def test_it_wakes_when_a_frame_has_passed_since_the_last(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, slept_ms: int, pause_ms: int
) -> None:
    seen.bridge.start()
    seen.ticks(2)
    monkeypatch.setattr(seen.bridge._timer, "remainingTime", lambda: seen.bridge.pause_ms - slept_ms)

    seen.bridge.refresh()

    assert seen.bridge.pause_ms == pause_ms
    seen.bridge.stop()


def test_without_endpoints_it_looks_once_a_second(qapp: QApplication) -> None:
    bridge = Bridge(Script(), Analyzer(0, 0), qapp, is_watched=lambda: True)

    bridge.tick()
    bridge.tick()

    assert bridge.pause_ms == 1000
    bridge.deleteLater()


@pytest.mark.parametrize(("is_recording", "pause_ms", "is_hurried"), [(False, 400, [False]), (True, FRAME_MS, [])])
def test_while_nobody_looks_it_takes_its_time_unless_a_recording_waits(
    seen: Seen, is_recording: bool, pause_ms: int, is_hurried: list[bool]
) -> None:
    said: list[bool] = []
    seen.bridge.hurried.connect(said.append)
    seen.is_watched, seen.is_recording = False, is_recording
    seen.script.coming = [rtt(1, 5.0)]

    assert seen.ticks(1) == []
    assert seen.bridge.pause_ms == pause_ms
    assert said == is_hurried


def test_what_is_too_much_for_one_tick_goes_on_at_once_though_nobody_looks(qapp: QApplication) -> None:
    script, times_ns = Script(), count(0, FOLD_NS)
    script.coming = [rtt(number, 5.0) for number in range(600)]
    bridge = Bridge(script, analyzer(), qapp, is_watched=lambda: False, clock=lambda: next(times_ns))

    bridge.tick()

    assert bridge.is_behind
    assert bridge.pause_ms == FRAME_MS
    bridge.deleteLater()


def test_what_changed_without_an_event_is_a_fresh_frame(seen: Seen) -> None:
    seen.bridge.refresh()

    assert seen.ticks(1) == [True]


def test_what_came_while_nobody_looked_is_shown_at_the_first_look(seen: Seen) -> None:
    seen.is_watched = False
    seen.script.coming = [rtt(1, 5.0)]
    assert seen.ticks(10) == []

    seen.is_watched = True

    assert seen.ticks(1) == [True]


class Slow:
    """A fold that takes its time, and the clock that shows it."""

    def __init__(self, events: list[AnyEvent], *, each_ns: int) -> None:
        self.now_ns, self._each_ns = ns(30), each_ns
        self.analyzer = analyzer()
        self.script = Script()
        self.script.coming = events
        self.fed: list[int] = []

    def feed(self, events: list[AnyEvent]) -> None:
        self.fed.append(len(events))
        self.now_ns += self._each_ns * len(events)
        self.analyzer.feed(events)

    def snapshot(self, now_ns: int) -> Snapshot:
        return self.analyzer.snapshot(now_ns)


@pytest.fixture
def slow(qapp: QApplication) -> Iterator[tuple[Slow, Bridge]]:
    made = Slow([rtt(at_s / 100, 5.0) for at_s in range(2_800)], each_ns=100_000)
    bridge = Bridge(made.script, made, qapp, is_watched=lambda: True, clock=lambda: made.now_ns)
    yield made, bridge
    bridge.deleteLater()


def test_what_is_not_folded_yet_is_not_told_as_if_it_were_known(slow: tuple[Slow, Bridge]) -> None:
    made, bridge = slow

    bridge.tick()
    shown = bridge.snapshot()

    newest_ns = ns((sum(made.fed) - 1) / 100)
    assert bridge.is_behind
    assert shown.at_ns == newest_ns
    assert shown.health.behind_ns == made.now_ns - newest_ns


def test_once_all_is_folded_it_is_now_again(slow: tuple[Slow, Bridge]) -> None:
    made, bridge = slow

    while bridge.is_behind or made.script.coming:
        bridge.tick()
    bridge.tick()

    assert bridge.snapshot().at_ns == made.now_ns
    assert bridge.snapshot().health.behind_ns == 0


def test_while_it_is_late_time_goes_into_folding_and_hardly_into_painting(slow: tuple[Slow, Bridge]) -> None:
    made, bridge = slow
    frames: list[object] = []
    bridge.snapshot_taken.connect(lambda snapshot, fresh: frames.append(snapshot))
    bridge.tick()
    in_a_frame, shown = len(made.fed), len(frames)

    bridge.tick()

    assert (in_a_frame, shown) == (1, 1)
    assert len(made.fed) - in_a_frame > 3 * in_a_frame
    assert len(frames) == shown
    made.now_ns += 2_000_000_000
    bridge.tick()
    assert len(frames) == 2
