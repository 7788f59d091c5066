"""What is kept of the last picture, scrolled and mended, is what a fresh one shows."""

import random
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from tests.gui.story import ENDPOINTS, at_ns, fin
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import (
    AnyEvent,
    ConnectionClosed,
    Direction,
    HeartbeatMissed,
    LoopLag,
    Message,
    Note,
    OutboxChanged,
    RttSample,
    State,
    StateChanged,
)
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.plotting.layers.canvas import Canvas
from wsmonitor.gui.time.plotting.stack import PlotStack
from wsmonitor.gui.time.time_view import TimeView

NAME = ENDPOINTS[0].name
SIZE = (650, 420)
STEP_S = 0.1


@pytest.fixture
def parent(qapp: QApplication) -> Iterator[QWidget]:
    """What the plots lie in."""
    widget = QWidget()
    yield widget
    widget.deleteLater()


@pytest.mark.parametrize("window_s", [30.0, 60.0, None], ids=["half a minute", "a minute", "everything"])
@pytest.mark.parametrize("seed", range(4))
def test_a_picture_that_was_kept_is_the_picture_that_is_painted_anew(
    look: Look, parent: QWidget, window_s: float | None, seed: int
) -> None:
    dice, analyzer = random.Random(seed), Analyzer(at_ns(0), 0)
    analyzer.add_endpoint(ENDPOINTS[0])
    kept = stack(look, parent)
    for step in range(700):
        analyzer.feed(events(dice, step * STEP_S))
        if step > 200 and dice.random() < 0.3:
            picture(kept, analyzer, step * STEP_S, window_s)
    now_s = 700 * STEP_S

    ours, fresh = (picture(one, analyzer, now_s, window_s) for one in (kept, stack(look, parent)))

    assert np.count_nonzero((ours != fresh).any(axis=2)) == 0


def test_only_the_columns_of_what_changed_are_painted(
    look: Look, parent: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[int] = []
    paint = Canvas._paint

    def counted(canvas: Canvas, kept: object, content: object, columns: list[tuple[int, int]]) -> None:
        painted.append(sum(right - left for left, right in columns))
        paint(canvas, kept, content, columns)  # type: ignore[arg-type]  # passed on as they are

    analyzer = Analyzer(at_ns(0), 0)
    analyzer.add_endpoint(ENDPOINTS[0])
    analyzer.feed([trip(second / 2, 20.0) for second in range(200)])
    shown = stack(look, parent)
    picture(shown, analyzer, 100.0, 30.0)
    monkeypatch.setattr(Canvas, "_paint", counted)

    analyzer.feed([trip(100.5, 21.0)])
    picture(shown, analyzer, 100.6, 30.0)

    assert 0 < painted[0] < 60


def stack(look: Look, parent: QWidget) -> PlotStack:
    """Plots of a size."""
    found = PlotStack(look, parent)
    found.resize(*SIZE)
    found.show()
    found.grab()  # lays it out
    return found


def picture(shown: PlotStack, analyzer: Analyzer, now_s: float, window_s: float | None) -> NDArray[np.uint8]:
    """What the plots look like."""
    snapshot = analyzer.snapshot(at_ns(now_s))
    span = TimeView(window_s, auto=False).span(now_s, shown.pixels)
    shown.show_endpoints(snapshot, snapshot.endpoints[:1], span)
    image = shown.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits()).reshape(image.height(), image.width(), 4).copy()


def trip(at_s: float, milliseconds: float) -> RttSample:
    """A round trip."""
    return RttSample(
        endpoint=NAME, connection=1, at_ns=at_ns(at_s), kind="ws", round_trip_ns=round(milliseconds * 1_000_000)
    )


def events(dice: random.Random, at_s: float) -> list[AnyEvent]:
    """What may happen in a tenth of a second."""
    now_ns = at_ns(at_s)
    found: list[AnyEvent] = []
    if dice.random() < 0.5:
        found.append(trip(at_s, dice.choice((3.0, 3.2, 3.5, 4.1, 2.9))))
    if dice.random() < 0.02:
        missed = HeartbeatMissed(endpoint=NAME, connection=1, at_ns=now_ns, kind="ws", consecutive=1, waited_ns=10**9)
        found.append(missed)
    if dice.random() < 0.1:
        found.append(LoopLag(at_ns=now_ns, lag_ns=dice.randrange(10**7)))
    if dice.random() < 0.2:
        depth = dice.randrange(8)
        found.append(OutboxChanged(endpoint=NAME, connection=1, at_ns=now_ns, depth=depth, bytes=depth * 9, dropped=0))
    if dice.random() < 0.3:
        direction: Direction = "rx" if dice.random() < 0.5 else "tx"
        found.append(
            Message(
                endpoint=NAME, connection=1, at_ns=now_ns, direction=direction, opcode=1, size_bytes=3, wire_bytes=5
            )
        )
    if dice.random() < 0.01:
        found.append(Note(at_ns=now_ns, text="look", moment_ns=now_ns))
    if dice.random() < 0.02:
        old, new = State.OPEN, State.BACKOFF
        found += [
            ConnectionClosed(endpoint=NAME, connection=1, at_ns=now_ns, verdict=fin(10**9)),
            StateChanged(endpoint=NAME, connection=1, at_ns=now_ns, old=old, new=new),
        ]
    elif dice.random() < 0.05:
        found.append(StateChanged(endpoint=NAME, connection=2, at_ns=now_ns, old=State.BACKOFF, new=State.OPEN))
    return found
