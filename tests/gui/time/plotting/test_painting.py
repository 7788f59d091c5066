"""A frame paints what changed, where it changed; what a view shows stays the same whatever was kept from before."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem, QWidget

from tests.gui.conftest import show
from tests.gui.story import ENDPOINTS, at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.facts.events import RttSample, State, StateChanged
from wsmonitor.gui.endpoints.endpoint_table import EndpointTable
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.time.lanes import Lanes
from wsmonitor.plots.drawing import Span
from wsmonitor.plots.lanes import LaneCodes, lane_codes


@pytest.fixture
def rows_painted(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The rows of the endpoint table that were painted, until somebody clears them."""
    rows: set[int] = set()
    draw = EndpointTable.drawRow

    def drawn(
        table: EndpointTable,
        painter: QPainter,
        options: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        rows.add(index.row())
        draw(table, painter, options, index)

    monkeypatch.setattr(EndpointTable, "drawRow", drawn)
    return rows


@pytest.fixture
def parent(qapp: QApplication) -> Iterator[QWidget]:
    """What lanes lie in."""
    widget = QWidget()
    yield widget
    widget.deleteLater()


def sample(endpoint: str, at_s: float) -> RttSample:
    """A round trip of 20 ms."""
    return RttSample(endpoint=endpoint, connection=1, at_ns=at_ns(at_s), kind="ws", round_trip_ns=20_000_000)


def test_only_the_row_of_an_endpoint_with_news_is_painted(
    rows_painted: set[int], monitoring: WholeWindow, analyzer: Analyzer
) -> None:
    show(monitoring, analyzer, 135.2)
    rows_painted.clear()

    analyzer.feed([sample(ENDPOINTS[2].name, 135.3)])
    show(monitoring, analyzer, 135.4)

    assert rows_painted - {0} == {2}, "the first one counts in tenths of a second"


def test_an_age_goes_on_without_news(rows_painted: set[int], monitoring: WholeWindow, analyzer: Analyzer) -> None:
    show(monitoring, analyzer, 120.2)
    rows_painted.clear()

    show(monitoring, analyzer, 121.4)

    assert rows_painted == {0, 1, 2}, "the connected ones; what failed for good has no age"


def test_plots_are_painted_for_news_of_their_own_endpoint_only(
    monitoring: WholeWindow, analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = monitoring.monitor.plots
    assert area.stack is not None
    area.show_everything()
    painted: list[float] = []
    paint = area.stack.show_endpoints

    def show_endpoints(snapshot: Snapshot, views: Sequence[EndpointView], span: Span) -> None:
        painted.append(span.end_s)
        paint(snapshot, views, span)

    monkeypatch.setattr(area.stack, "show_endpoints", show_endpoints)
    shown = monitoring.monitor.table.current_key()
    assert shown is not None
    other = next(config.name for config in ENDPOINTS if config.name != shown[0])
    show(monitoring, analyzer, 120.01)
    painted.clear()

    analyzer.feed([sample(other, 120.02)])
    show(monitoring, analyzer, 120.03)
    assert painted == []

    analyzer.feed([sample(shown[0], 120.04)])
    show(monitoring, analyzer, 120.3)
    assert len(painted) == 1


@pytest.mark.parametrize("events", [(), (130.0,), (130.0, 131.0)], ids=["nothing", "a drop", "a drop and its end"])
def test_lanes_that_move_on_show_what_fresh_ones_show(
    look: Look, analyzer: Analyzer, parent: QWidget, events: Sequence[float]
) -> None:
    followed = Lanes(look, parent)
    for tick in range(20):
        now_s = 128 + tick * 0.25
        for at_s in events:
            if now_s - 0.25 < at_s <= now_s:
                new = State.BACKOFF if at_s == events[0] else State.OPEN
                analyzer.feed(
                    [StateChanged(endpoint=ENDPOINTS[1].name, connection=1, at_ns=at_ns(at_s), old=State.OPEN, new=new)]
                )
        picture = _picture(followed, analyzer, now_s)

    fresh = _picture(Lanes(look, parent), analyzer, now_s)
    assert picture == fresh


def test_lanes_read_an_endpoint_again_only_after_its_state_changed(
    look: Look, analyzer: Analyzer, parent: QWidget
) -> None:
    reads: list[str] = []

    def counted(view: EndpointView, span: Span, pixels: int) -> NDArray[np.uint8]:
        reads.append(view.name)
        return lane_codes(view, span, pixels)

    lanes = Lanes(look, parent)
    lanes._lanes = LaneCodes(counted)
    _picture(lanes, analyzer, 128)
    reads.clear()

    _picture(lanes, analyzer, 129)
    assert reads == []

    analyzer.feed(
        [StateChanged(endpoint=ENDPOINTS[1].name, connection=1, at_ns=at_ns(129.5), old=State.OPEN, new=State.BACKOFF)]
    )
    _picture(lanes, analyzer, 130)
    assert reads == [ENDPOINTS[1].name]


def _picture(lanes: Lanes, analyzer: Analyzer, now_s: float) -> QImage:
    """The lanes over the last minute."""
    lanes.resize(400, 120)
    lanes.show_snapshot(analyzer.snapshot(at_ns(now_s)), Span(now_s - 60, now_s))
    return lanes.grab().toImage()
