"""A tap's row opens into its clients, has their totals, and its plots show them all."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import FakeProbe, stack_of
from tests.gui.story import ENDPOINTS, START_NS, WALL_NS, at_ns, fin
from tests.gui.tap.story import SHOP, came, listening
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import WHOLE, AnyEvent, ConnectionClosed, EndpointEvent, Message, RttSample
from wsmonitor.gui.endpoints.columns import Column
from wsmonitor.gui.endpoints.endpoint_delegate import PAD
from wsmonitor.gui.endpoints.endpoint_table import EndpointTable
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.window.tabs import Tab

TAP = ("shop", WHOLE)
OWN = (ENDPOINTS[0].name, 0)


@pytest.fixture
def analyzer() -> Analyzer:
    """Nothing seen yet."""
    return Analyzer(START_NS, WALL_NS)


@pytest.fixture
def tapped(window: WholeWindow, analyzer: Analyzer, probe: FakeProbe) -> WholeWindow:
    """A tap with two clients, and an endpoint of our own."""
    window.controller.add([SHOP, ENDPOINTS[0]])
    for config in window.controller.configs:
        analyzer.add_endpoint(config)
    window.monitor.plots.load()
    tell(window, analyzer, listening(), *came(0, "node", 8121), *came(1, "chrome", 8200))
    return window


def tell(window: WholeWindow, analyzer: Analyzer, *events: AnyEvent, at_s: float = 10.0) -> None:
    analyzer.feed(events)
    window.show_snapshot(analyzer.snapshot(at_ns(at_s)))
    QApplication.processEvents()


def names(table: EndpointTable) -> list[str]:
    return [str(table.model().index(row, 0).data()) for row in range(table.model().rowCount())]


def pong(slot: int, at_s: float, milliseconds: int) -> AnyEvent:
    ns = milliseconds * 1_000_000
    return RttSample(at_ns=at_ns(at_s), endpoint="shop", slot=slot, connection=slot + 1, kind="ws", round_trip_ns=ns)


def closed(slot: int, at_s: float) -> AnyEvent:
    return ConnectionClosed(
        at_ns=at_ns(at_s), endpoint="shop", slot=slot, connection=slot + 1, verdict=fin(1_000_000_000)
    )


def test_the_row_of_a_tap_has_the_worst_numbers_of_its_clients_and_the_sum_of_their_ends(
    tapped: WholeWindow, analyzer: Analyzer
) -> None:
    tell(tapped, analyzer, closed(0, 3), closed(1, 4), pong(0, 5, 3), pong(1, 5, 40))

    model = tapped.monitor.table.model()

    texts = {column: str(model.index(0, column).data()) for column in Column}
    assert names(tapped.monitor.table)[0] == "shop"
    assert [texts[Column.RTT], texts[Column.P99], texts[Column.LAST_CLOSE]] == ["40.0", "40.0", "FIN ×2"]


def test_the_mark_and_the_arrow_keys_close_the_clients_away_and_show_them_again(tapped: WholeWindow) -> None:
    table = tapped.monitor.table
    rect = table.visualRect(table.model().index(0, 0))
    mark = QPoint(rect.left() + 8, rect.center().y())

    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=mark)
    assert names(table) == ["shop", ENDPOINTS[0].name]
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=mark)
    assert len(names(table)) == 4

    table.select(("shop", 1))
    QTest.keyClick(table, Qt.Key.Key_Left)
    assert table.current_key() == TAP, "from a client to its tap"
    QTest.keyClick(table, Qt.Key.Key_Left)
    assert names(table) == ["shop", ENDPOINTS[0].name]
    QTest.keyClick(table, Qt.Key.Key_Right)
    assert len(names(table)) == 4


def test_who_was_selected_below_leaves_it_to_the_tap(tapped: WholeWindow) -> None:
    table = tapped.monitor.table
    table.select(("shop", 1))

    table.open_row(0, opened=False)

    assert table.current_key() == TAP
    table.select(("shop", 1))
    assert table.current_key() == TAP, "a client that has no row is found in its tap's"


def test_another_client_stands_below_the_others_and_rows_stay_together_when_sorted(
    tapped: WholeWindow, analyzer: Analyzer
) -> None:
    tell(tapped, analyzer, *came(2, "python", 9000), at_s=10.2)
    table = tapped.monitor.table
    assert names(table) == ["shop", "shop · #1 node", "shop · #2 chrome", "shop · #3 python", ENDPOINTS[0].name]

    table.sortByColumn(Column.ENDPOINT, Qt.SortOrder.DescendingOrder)

    assert names(table) == [ENDPOINTS[0].name, "shop", "shop · #3 python", "shop · #2 chrome", "shop · #1 node"]


def test_the_plots_of_a_tap_have_a_curve_and_a_band_for_each_client_and_go_with_who_comes(
    tapped: WholeWindow, analyzer: Analyzer
) -> None:
    stack = stack_of(tapped)
    tapped.monitor.table.select(TAP)
    tell(tapped, analyzer, pong(0, 5, 3), pong(0, 6, 3), pong(1, 5, 40), pong(1, 6, 40))
    round_trip, state = stack.panes[0].drawing, stack.panes[1].drawing
    assert [(line.label, line.series) for line in round_trip.lines] == [("#1 node", 0), ("#2 chrome", 1)]
    assert state.lanes == ("#1 node", "#2 chrome")

    tell(tapped, analyzer, *came(2, "python", 9000), pong(2, 7, 8), at_s=11)
    assert state is not stack.panes[1].drawing
    assert stack.panes[1].drawing.lanes == ("#1 node", "#2 chrome", "#3 python")

    tapped.monitor.table.select(("shop", 1))
    assert [line.label for line in stack.panes[0].drawing.lines] == ["ws"]


def test_messages_of_all_clients_are_counted_together(tapped: WholeWindow, analyzer: Analyzer) -> None:
    stack = stack_of(tapped)
    tapped.monitor.table.select(TAP)
    sent = [
        Message(
            at_ns=at_ns(5.2 + number / 10),
            endpoint="shop",
            slot=number % 2,
            connection=1 + number % 2,
            direction="tx",
            opcode=1,
            size_bytes=1,
            wire_bytes=3,
            payload=b"x",
        )
        for number in range(5)
    ]

    tell(tapped, analyzer, *sent)

    [bars] = stack.panes[3].drawing.bars
    assert bars.y.tolist() == [5.0]


def test_several_selected_rows_are_in_one_picture(tapped: WholeWindow, analyzer: Analyzer) -> None:
    table, stack = tapped.monitor.table, tapped.monitor.plots.stack
    assert stack is not None
    table.select(OWN)
    tell(tapped, analyzer, pong(0, 5, 3), pong(1, 5, 3))

    table.selectAll()

    assert set(tapped.monitor.plots.keys) == {("shop", 0), ("shop", 1), OWN}
    assert stack.panes[1].drawing.lanes[0] == OWN[0], "the current one comes first"


def test_tables_show_one_client_or_all_of_them(tapped: WholeWindow, analyzer: Analyzer) -> None:
    tabs = tapped.monitor.tabs
    tabs.bar.setCurrentIndex(Tab.CLOSURES)
    tapped.monitor.table.select(TAP)
    tell(tapped, analyzer, closed(0, 5), closed(1, 6), closed(1, 7))
    assert (tabs.closures.model.rowCount(), tabs.bar.tabText(Tab.CLOSURES)) == (3, "Closures 3")

    tapped.monitor.table.select(("shop", 1))

    assert (tabs.closures.model.rowCount(), tabs.bar.tabText(Tab.CLOSURES)) == (2, "Closures 2")
    tabs.bar.setCurrentIndex(Tab.EVENTS)
    rows = [tabs.events.model.log_row(row) for row in range(tabs.events.model.rowCount())]
    assert {row.event.slot for row in rows if row is not None and isinstance(row.event, EndpointEvent)} == {1}
    tapped.monitor.table.select(TAP)
    assert tabs.events.model.rowCount() > 3


def test_the_list_gets_the_room_that_clients_need(window: WholeWindow, analyzer: Analyzer) -> None:
    window.window.resize(1400, 860)
    window.controller.add([SHOP, ENDPOINTS[0]])
    for config in window.controller.configs:
        analyzer.add_endpoint(config)
    tell(window, analyzer, listening())
    before = window.monitor.fleet.height()

    tell(window, analyzer, *came(0, "node", 8121))

    assert window.monitor.fleet.height() >= before + 30


def test_whoever_looks_at_a_tap_looks_at_its_first_client_where_rows_are_grouped(tapped: WholeWindow) -> None:
    table = tapped.monitor.table
    table.select(TAP)

    tapped.monitor.fleet.group_by("host")
    assert table.current_key() == ("shop", 0)
    tapped.monitor.fleet.group_by("none")
    table.select(TAP)

    assert table.current_key() == TAP


def test_whose_end_it_was_and_how_many_there_were_has_room(tapped: WholeWindow) -> None:
    table, numbers = tapped.window.table, QFontMetrics(tapped.window.look.mono_small)
    tapped.window.resize(1400, 860)
    QApplication.processEvents()

    room = table.columnWidth(Column.LAST_CLOSE) - 2 * PAD

    assert numbers.horizontalAdvance("beyond FIN ×12") <= room
