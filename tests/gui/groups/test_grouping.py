"""Rows in groups by host, tag or finding, with their totals; a lane beside each row of one line."""

from collections.abc import Callable
from dataclasses import replace as changed

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import show
from tests.gui.endpoints.test_fleet import LIMIT, many, rows, take
from tests.gui.pictures import picture_of
from tests.gui.story import ENDPOINTS, at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.gui.endpoints.columns import SAMPLES, Column, fitted
from wsmonitor.gui.groups.grouping import Grouping, grouped
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.settings.endpoint_settings import EndpointConfig

PIXELS = dict.fromkeys(SAMPLES, 60)


@pytest.fixture
def known(analyzer: Analyzer, monitoring: WholeWindow) -> Snapshot:
    return analyzer.snapshot(at_ns(125))


def of(known: Snapshot, count: int, change: Callable[[int, EndpointView], EndpointView]) -> Snapshot:
    snapshot = many(known, count)
    return changed(snapshot, endpoints=tuple(change(at, view) for at, view in enumerate(snapshot.endpoints)))


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("host", {"host0": 5, "host1": 5}),
        ("tag", {"prod": 3, "no tag": 7}),
        ("finding", {"lifetime limit 20 s": 4, "nothing found": 6}),
        ("none", {"": 10}),
    ],
)
def test_every_connection_is_in_one_group(known: Snapshot, by: Grouping, groups: dict[str, int]) -> None:
    tagged = of(known, 10, lambda at, view: replace(view, tags=("prod", "eu")) if at < 3 else view)

    assert {name: len(group) for name, group in grouped(tagged.endpoints, by).items()} == groups


def test_a_host_is_named_without_its_password(known: Snapshot) -> None:
    secret = of(known, 1, lambda at, view: replace(view, url="wss://me:s3cret@h.example:8443/feed?token=x"))

    assert list(grouped(secret.endpoints, "host")) == ["h.example:8443"]


def test_limits_that_differ_a_little_are_one_group(known: Snapshot) -> None:
    def limits(at: int, view: EndpointView) -> EndpointView:
        found = replace(LIMIT, limit_ns=20_000_000_000 + at * 10_000_000)
        return replace(view, said=replace(view.said, findings=(found,)))

    assert list(grouped(of(known, 4, limits).endpoints, "finding")) == ["lifetime limit 20 s"]


def test_groups_have_totals_open_and_close_and_stand_for_their_rows(monitoring: WholeWindow, known: Snapshot) -> None:
    table = monitoring.window.table
    take(monitoring, many(known, 12))
    monitoring.monitor.fleet.group_by("host")
    take(monitoring, changed(many(known, 12), at_ns=at_ns(127)))

    assert len(rows(monitoring)) == 14
    head = rows(monitoring).index("host0")
    model = table.model()
    assert str(model.index(head, Column.STATE).data()).startswith("O 6/6"), "those of even numbers are all well"
    ends = str(model.index(head, Column.LAST_CLOSE).data())
    table.setCurrentIndex(model.index(head, 0))
    names = [f"feed {number:02}" for number in range(0, 12, 2)]
    assert sorted(name for name, _ in table.selected_keys()) == names
    assert sorted(name for name, _ in table.shown_keys()) == names
    assert table.current_key() == ("feed 00", 0), "the first that has a finding speaks"
    assert ends.endswith(" ×6"), "the sum of its rows"

    table.open_row(head, opened=False)
    assert [name for name in names if name in rows(monitoring)] == []
    assert {view.name for view in table.shown(many(known, 12)).endpoints} >= set(names), "lanes and totals keep them"
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert names[0] in rows(monitoring)

    monitoring.window.actions_table["group"].trigger()
    assert monitoring.monitor.fleet.grouped_by == "tag"
    assert monitoring.settings().grouping == "tag"


def test_tags_of_the_settings_reach_the_rows_and_their_search(analyzer: Analyzer, monitoring: WholeWindow) -> None:
    analyzer.add_endpoint(replace(ENDPOINTS[1], tags=("production",)))
    show(monitoring, analyzer, 126)

    monitoring.monitor.fleet.search.setText("production")

    assert rows(monitoring) == [ENDPOINTS[1].name]
    assert EndpointConfig(name="a", url="ws://h/").tags == ()


def test_each_row_of_one_line_has_its_lane_beside_it(
    monitoring: WholeWindow, analyzer: Analyzer, known: Snapshot
) -> None:
    table = monitoring.window.table
    table.choose_density("compact")
    monitoring.window.resize(1800, 900)
    QApplication.processEvents()
    show(monitoring, analyzer, 119)
    monitoring.monitor.plots.show_everything()
    show(monitoring, analyzer, 121)

    row = next(at for at, name in enumerate(rows(monitoring)) if name == ENDPOINTS[0].name)
    cell = table.visualRect(table.model().index(row, Column.LANE))
    picture = picture_of(table.viewport(), QRect(cell.left() + 6, cell.top() + 3, cell.width() - 12, cell.height() - 7))

    assert table.lane_width > 60
    greens = (np.abs(picture.astype(int) - np.array([0, 0x9E, 0x73])).sum(axis=2) < 30).any(axis=0)
    drops = np.flatnonzero(np.diff(greens.astype(int)) == -1)
    assert len(drops) >= 3, "three drops of this endpoint are seen"


def test_columns_yield_in_their_order_and_names_keep_room() -> None:
    def shown(width: int, *, is_compact: bool = True) -> list[str]:
        return [column.name for column in sorted(fitted(width, PIXELS, {}, (), is_compact=is_compact))]

    assert shown(700) == [column.name for column in Column]
    assert shown(480) == ["ENDPOINT", "STATE", "RTT", "P99", "LOSS", "LAST_CLOSE", "LANE"]
    assert shown(260) == ["ENDPOINT", "STATE", "LAST_CLOSE"]
    assert "LANE" not in shown(2000, is_compact=False)
    assert fitted(1000, PIXELS, {}, (), is_compact=True)[Column.LANE] > 300
    assert fitted(1000, PIXELS, {"LANE": 80}, ("RTT",), is_compact=True)[Column.LANE] == 80


def test_at_the_usual_width_rows_of_one_line_have_their_round_trip_and_say_what_a_state_waits_for() -> None:
    pixels = {Column.STATE: 150, Column.RTT: 55, Column.P99: 43, Column.LOSS: 43, Column.BUFFERED: 40}

    shown = fitted(480, pixels | {Column.LAST_CLOSE: 88, Column.LANE: 75}, {}, (), is_compact=True)

    assert Column.RTT in shown
    assert Column.LANE in shown
