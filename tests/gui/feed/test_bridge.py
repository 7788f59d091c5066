"""When a frame is due: at once where something came, now and then where nothing did."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from tests.analysis.facts import analyzer, rtt
from wsmonitor.facts.events import AnyEvent
from wsmonitor.gui.feed.bridge import Bridge


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
        self.is_watched = True
        self.bridge = Bridge(self.script, analyzer(), qapp, is_watched=lambda: self.is_watched)
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


def test_without_news_every_third_tick_is_a_frame_and_it_is_not_fresh(seen: Seen) -> None:
    assert seen.ticks(9) == [False] * 3


def test_news_are_a_fresh_frame_at_once_and_the_idle_ticks_begin_anew(seen: Seen) -> None:
    seen.ticks(2)
    seen.script.coming = [rtt(1, 5.0)]

    assert seen.ticks(1) == [True]
    assert seen.ticks(2) == []
    assert seen.ticks(1) == [False]


def test_what_changed_without_an_event_is_a_fresh_frame(seen: Seen) -> None:
    seen.bridge.refresh()

    assert seen.ticks(2) == [True]


def test_what_came_while_nobody_looked_is_shown_at_the_first_look(seen: Seen) -> None:
    seen.is_watched = False
    seen.script.coming = [rtt(1, 5.0)]
    assert seen.ticks(10) == []

    seen.is_watched = True

    assert seen.ticks(1) == [True]
