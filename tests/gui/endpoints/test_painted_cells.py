"""The table paints the cells that say something else than before, and only these."""

import dataclasses
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication

from tests.analysis.facts import analyzer, closed, ns, opened, rtt
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.facts.events import State
from wsmonitor.gui.endpoints.columns import Column, row_cells
from wsmonitor.gui.endpoints.endpoint_table import EndpointTable
from wsmonitor.gui.groups.rows import Row
from wsmonitor.gui.look.theme import Look


class Painted(QObject):
    """What of a widget was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.region = QRegion()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False


def seen() -> Snapshot:
    """One endpoint, open for half a minute, at 40 s."""
    made = analyzer()
    made.feed([opened(1), rtt(2, 5.0), closed(5), opened(10, connection=2), rtt(11, 5.0)])
    return made.snapshot(ns(40))


@pytest.fixture
def table(look: Look, qapp: QApplication) -> EndpointTable:
    made = EndpointTable(look, None)  # type: ignore[arg-type]  # a window of its own
    made.choose_density("compact")
    made.resize(900, 200)
    made.show()
    return made


@pytest.mark.parametrize(
    ("column", "change"),
    [
        (Column.RTT, {"rtt_ns": 77_000_000}),
        (Column.P99, {"p99_ns": 88_000_000}),
        (Column.LOSS, {"loss": 0.25}),
        (Column.BUFFERED, {"buffered": 12}),
        (Column.LAST_CLOSE, {"closures": 9}),
        (Column.STATE, {"opened_ns": ns(30)}),
        (Column.ENDPOINT, {"tls_unverified": True}),
        (None, {"p50_ns": 1}),
    ],
)
def test_only_the_cell_that_changed_is_painted(table: EndpointTable, column: Column | None, change: Any) -> None:
    snapshot = seen()
    view = replace(snapshot.endpoints[0], **change)
    table.show_snapshot(snapshot)
    QApplication.processEvents()
    painted = Painted()
    table.viewport().installEventFilter(painted)

    table.show_snapshot(dataclasses.replace(snapshot, at_ns=snapshot.at_ns + 100_000_000, endpoints=(view,)))
    QApplication.processEvents()

    where = painted.region.boundingRect()
    if column is None:
        assert where.isEmpty()
    else:
        assert (where.left(), where.width()) == (table.columnViewportPosition(column), table.columnWidth(column))
    table.deleteLater()


def test_a_drop_changes_state_and_lane() -> None:
    view = seen().endpoints[0]
    dropped = replace(view, state=State.BACKOFF, since_ns=ns(40), opened_ns=None)

    before, after = (row_cells(Row(one, (one,)), ns(40)) for one in (view, dropped))

    assert [column for column in Column if before[column] != after[column]] == [Column.STATE, Column.LANE]


def test_ages_count_whole_seconds(table: EndpointTable) -> None:
    view = seen().endpoints[0]

    assert row_cells(Row(view, (view,)), ns(12.1)) == row_cells(Row(view, (view,)), ns(12.9))
    assert row_cells(Row(view, (view,)), ns(12.9)) != row_cells(Row(view, (view,)), ns(13.0))
    table.deleteLater()
