"""Many endpoints: one line each, the worst first, searched together with their lanes and totals."""

from dataclasses import replace

import pytest
from msgspec import structs
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.gui.conftest import show
from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.diagnosis.findings import Confidence, Finding
from wsmonitor.facts.events import State
from wsmonitor.gui.endpoints.columns import Column, Columns
from wsmonitor.gui.groups.fleet_words import shared, totals
from wsmonitor.gui.start.whole_window import WholeWindow

LIMIT = Finding(
    rule="lifetime_limit",
    endpoint="x",
    severity="problem",
    sentence="Connections end at an age of 20 s.",
    confidence=Confidence(support=0.9),
    fix="",
    since_ns=0,
    evidence=(),
    counter_evidence=(),
    limit_ns=20_000_000_000,
)


def many(known: Snapshot, count: int) -> Snapshot:
    """`count` endpoints: every fourth has failed, every third has the finding; the rest is well."""
    (view, *_) = known.endpoints
    well = structs.replace(
        view, closures=0, failures=0, state=State.OPEN, loss=0.0, said=structs.replace(view.said, findings=())
    )
    views = []
    for number in range(count):
        one = structs.replace(well, name=f"feed {number:02}", url=f"ws://host{number % 2}/?token=s3cret")
        if number % 4 == 3:
            one = structs.replace(one, state=State.FAILED)
        if number % 3 == 0:
            one = structs.replace(one, said=structs.replace(well.said, findings=(LIMIT,)), closures=number)
        views.append(one)
    return replace(known, endpoints=tuple(views))


@pytest.fixture
def known(analyzer: Analyzer, monitoring: WholeWindow) -> Snapshot:
    return analyzer.snapshot(at_ns(125))


def take(window: WholeWindow, snapshot: Snapshot) -> None:
    window.show_snapshot(snapshot)
    QApplication.processEvents()


def rows(window: WholeWindow) -> list[str]:
    model = window.window.table.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def row_height(window: WholeWindow) -> int:
    table = window.window.table
    return table.visualRect(table.model().index(0, 0)).height()


def test_rows_are_of_one_line_from_eight_on(monitoring: WholeWindow, known: Snapshot) -> None:
    take(monitoring, many(known, 7))
    roomy, is_hidden = row_height(monitoring), monitoring.monitor.fleet.strip.isHidden()
    take(monitoring, replace(many(known, 8), at_ns=at_ns(127)))

    assert row_height(monitoring) < 0.7 * roomy
    assert is_hidden
    assert monitoring.monitor.fleet.strip.isVisible()
    monitoring.window.table.choose_density("roomy")
    QApplication.processEvents()
    assert row_height(monitoring) == roomy


def test_the_worst_are_on_top_and_lanes_follow(monitoring: WholeWindow, known: Snapshot) -> None:
    take(monitoring, many(known, 12))
    take(monitoring, replace(many(known, 12), at_ns=at_ns(127)))

    assert set(rows(monitoring)[:3]) == {"feed 03", "feed 07", "feed 11"}, "those that do not work at all"
    assert rows(monitoring)[3:6] == ["feed 09", "feed 06", "feed 00"], "then by what is found, and how often they ended"
    assert monitoring.monitor.lanes.isHidden(), "each row has its lane beside it, and all are in sight"
    take(monitoring, replace(many(known, 60), at_ns=at_ns(129)))
    take(monitoring, replace(many(known, 60), at_ns=at_ns(131)))
    lanes = monitoring.monitor.lanes
    clicked: list[tuple[str, int]] = []
    lanes.chosen.connect(clicked.append)
    QTest.mouseClick(lanes, Qt.MouseButton.LeftButton, pos=QPoint(lanes.width() // 2, lanes.height() - 6))
    assert clicked[0][0] in rows(monitoring)[-4:], "60 of them in a few pixels"


def test_rows_stay_while_the_pointer_is_over_them(
    monitoring: WholeWindow, known: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(monitoring, many(known, 12))
    take(monitoring, replace(many(known, 12), at_ns=at_ns(127)))
    before = rows(monitoring)
    later = many(known, 12)
    worse = tuple(
        structs.replace(view, state=State.OFFLINE) if view.name == before[-1] else view for view in later.endpoints
    )
    monkeypatch.setattr(monitoring.window.table.viewport(), "underMouse", lambda: True)

    take(monitoring, replace(later, endpoints=worse, at_ns=at_ns(129)))
    held = rows(monitoring)
    monkeypatch.undo()
    take(monitoring, replace(later, endpoints=worse, at_ns=at_ns(131)))

    assert held == before
    assert before[-1] in rows(monitoring)[:4]


def test_a_search_is_of_rows_lanes_and_totals(monitoring: WholeWindow, known: Snapshot) -> None:
    take(monitoring, many(known, 12))
    monitoring.window.actions_table["search_endpoints"].trigger()
    fleet = monitoring.monitor.fleet

    fleet.search.setText("failed host1")
    QApplication.processEvents()

    assert set(rows(monitoring)) == {"feed 03", "feed 07", "feed 11"}
    assert fleet.totals.text().startswith("3 of 12 rows: 3 failed")
    assert monitoring.monitor.lanes.accessibleDescription() == "3 endpoints"
    QTest.keyClick(fleet.search, Qt.Key.Key_Escape)
    assert len(rows(monitoring)) == 12


def test_a_secret_is_not_searched_for(monitoring: WholeWindow, known: Snapshot) -> None:
    take(monitoring, many(known, 12))

    monitoring.monitor.fleet.search.setText("s3cret")

    assert rows(monitoring) == []


def test_what_most_share_is_said_and_shown_by_a_click(monitoring: WholeWindow, known: Snapshot) -> None:
    take(monitoring, many(known, 12))
    fleet = monitoring.monitor.fleet
    assert fleet.shared.words == "4 of 12 endpoints share: lifetime limit 20 s"
    assert fleet.shared.text().startswith("4 of 12")

    fleet.shared.click()

    assert set(rows(monitoring)) == {"feed 00", "feed 03", "feed 06", "feed 09"}
    assert fleet.search.text() == '"lifetime limit 20 s"', "limits of another length do not share it"
    fleet.shared.click()
    assert len(rows(monitoring)) == 12


def test_two_endpoints_share_nothing_worth_a_line(known: Snapshot) -> None:
    views: tuple[EndpointView, ...] = many(known, 6).endpoints

    assert shared(views) is None
    assert totals(views[:2], 6).startswith("2 of 6 rows: 2 open")


def test_columns_are_widened_hidden_moved_and_remembered(monitoring: WholeWindow) -> None:
    table = monitoring.window.table
    table.titles.use_columns(Columns((), {"STATE": 150, "nonsense": 3}, ("BUFFERED", "ENDPOINT")))
    assert table.columnWidth(Column.STATE) == 150
    assert table.isColumnHidden(Column.BUFFERED)
    assert not table.isColumnHidden(Column.ENDPOINT), "a row without a name says nothing"

    table.header().moveSection(table.header().visualIndex(Column.LAST_CLOSE), 2)
    table.titles.show_column(Column.BUFFERED, True)
    table.titles.show_column(Column.LOSS, False)

    kept = monitoring.settings()
    assert kept.column_widths["STATE"] == 150
    assert kept.columns_hidden == ("LOSS",)
    assert kept.column_order[2] == "LAST_CLOSE"
    table.titles.use_columns(Columns(kept.column_order[::-1], {}, ()))
    assert table.titles.columns.order == kept.column_order[::-1]


def test_a_column_that_a_narrow_list_leaves_out_says_so_in_the_menu_and_comes_back_when_it_is_chosen(
    monitoring: WholeWindow,
) -> None:
    table = monitoring.window.table
    table.titles.fit(490, is_compact=False, has_taps=False)
    assert table.isColumnHidden(Column.BUFFERED)

    table.titles.customContextMenuRequested.emit(QPoint(5, 5))
    (menu,) = table.titles.findChildren(QMenu)
    (action,) = [one for one in menu.actions() if one.text() == "buf (no room)"]
    assert not action.isChecked()
    action.trigger()

    assert not table.isColumnHidden(Column.BUFFERED)
    assert not table.isColumnHidden(Column.ENDPOINT)
    menu.close()


@pytest.mark.parametrize(("column", "is_compact"), [(Column.STATE, False), (Column.LANE, True)])
def test_a_column_that_was_hidden_comes_back_with_all_the_room_there_is(
    monitoring: WholeWindow, column: Column, is_compact: bool
) -> None:
    table = monitoring.window.table
    table.titles.fit(900, is_compact=is_compact, has_taps=False)
    before = table.columnWidth(column)

    for shown in (False, True):
        table.titles.show_column(column, shown)

    assert table.columnWidth(column) == before
    assert monitoring.settings().column_widths == {}


def test_the_first_click_on_a_title_shows_the_worst(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    table = monitoring.window.table
    header = table.header()
    x = header.sectionViewportPosition(Column.LAST_CLOSE) + 20

    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 8))
    show(monitoring, analyzer, 121)

    assert rows(monitoring)[0] == "voice backend", "it ended most often"
