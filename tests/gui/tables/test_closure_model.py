"""The closures' table as views see it: new rows come in at the bottom, and what is looked at stays where it is."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QApplication

from tests.gui.story import ENDPOINTS, at_ns, fin
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import ConnectionClosed, OpenFailed
from wsmonitor.gui.look.moments import Moments
from wsmonitor.gui.tables.closure_model import ClosureModel
from wsmonitor.settings.endpoint_settings import NS

A, B = ENDPOINTS[0].name, ENDPOINTS[1].name


def closed(seconds: float, name: str = A) -> ConnectionClosed:
    return ConnectionClosed(at_ns=at_ns(seconds), endpoint=name, connection=1, verdict=fin(NS))


class Seen:
    """A model and what it told its views since it was asked last."""

    def __init__(self, qapp: QApplication) -> None:
        self.analyzer = Analyzer(at_ns(0), 0)
        self.model = ClosureModel(Moments(), qapp)
        self._told: list[object] = []
        self.model.rowsInserted.connect(self._insert)
        self.model.modelReset.connect(self._reset)

    def _insert(self, parent: QModelIndex, first: int, last: int) -> None:
        self._told.append((first, last))

    def _reset(self) -> None:
        self._told.append("reset")

    def after(self, *events: ConnectionClosed | OpenFailed) -> list[object]:
        """Rows that were inserted, first and last, and resets."""
        self.analyzer.feed([*events])
        self.model.show(self.analyzer.snapshot(at_ns(200)))
        told, self._told = self._told, []
        return told

    @property
    def times_s(self) -> list[float]:
        """When each row ended, from top to bottom."""
        rows = map(self.model.ended, range(self.model.rowCount()))
        return [(row.at_ns - at_ns(0)) / 1e9 for row in rows if row is not None]


@pytest.fixture
def seen(qapp: QApplication) -> Iterator[Seen]:
    made = Seen(qapp)
    yield made
    made.model.deleteLater()


def test_new_closures_are_inserted_at_the_bottom_and_nothing_else_moves(seen: Seen) -> None:
    assert seen.after(closed(1), closed(2)) == [(0, 1)]
    assert seen.after(closed(3)) == [(2, 2)]
    assert seen.after() == []
    assert seen.times_s == [1, 2, 3]


def test_what_ended_before_what_is_shown_is_told_by_a_reset(seen: Seen) -> None:
    seen.after(closed(5))

    late = OpenFailed(at_ns=at_ns(4), endpoint=B, phase="tcp", error="refused", duration_ns=1)

    assert seen.after(late) == ["reset"]
    assert seen.times_s == [4, 5]


def test_as_many_rows_of_others_are_a_reset(seen: Seen) -> None:
    seen.after(closed(1), closed(2, B))
    seen.analyzer.remove_endpoint(A)
    seen.analyzer.feed([closed(3, B)])

    assert seen.after() == ["reset"]
    assert seen.times_s == [2, 3]
