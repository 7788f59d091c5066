"""The field above the tables: what is wrong with a filter moves nothing, and filters are kept."""

from dataclasses import replace

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import show
from tests.gui.story import ENDPOINTS, at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.window.tabs import Tab, Tabs


@pytest.fixture
def tabs(monitoring: WholeWindow) -> Tabs:
    return monitoring.monitor.tabs


def filtered(tabs: Tabs, text: str) -> None:
    tabs.filter.setText(text)
    tabs.filter.changed.emit(text)
    QApplication.processEvents()


def test_what_is_wrong_stands_below_the_field_and_moves_nothing(monitoring: WholeWindow, tabs: Tabs) -> None:
    parts = (tabs, tabs.bar, tabs.filter, tabs.closures.table, monitoring.monitor.plots, monitoring.monitor.table)
    before = [part.geometry() for part in parts]

    filtered(tabs, "/n[/")

    assert [part.geometry() for part in parts] == before
    problem = tabs.filter.problem
    assert problem.isVisible()
    assert "not a regular expression" in problem.text()
    assert problem.y() >= tabs.filter.geometry().bottom()
    assert tabs.rect().contains(problem.geometry())
    filtered(tabs, "/n/")
    assert not problem.isVisible()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", 3),
        ("lived>20s", 3),
        ("lived<20s", 0),
        ("how:fin & who:peer", 2),
        ("code:1000", 0),
        ("FIN", 2),
        ("/f.n/", 2),
    ],
)
def test_closures_are_filtered_by_the_same_language(tabs: Tabs, text: str, rows: int) -> None:
    filtered(tabs, text)

    assert tabs.closures.model.rowCount() == rows


def test_a_closure_is_found_by_the_finding_that_explains_it(tabs: Tabs, analyzer: Analyzer) -> None:
    known = analyzer.snapshot(at_ns(120))
    ended = known.closures[-1]
    first = next(view for view in known.endpoints if view.name == ended.endpoint)
    explained = structs.replace(first.said, explained={(ended.slot, ended.at_ns): "middlebox_reset"})
    others = [view for view in known.endpoints if view is not first]
    filtered(tabs, "finding:middlebox")
    assert tabs.closures.model.rowCount() == 0

    tabs.show_snapshot(replace(known, endpoints=(structs.replace(first, said=explained), *others)))

    assert tabs.closures.model.ended(0) == ended, "what is found changes without a new closure"
    assert tabs.closures.model.rowCount() == 1


def test_a_kept_filter_is_offered_again_and_remembered(monitoring: WholeWindow, tabs: Tabs) -> None:
    filtered(tabs, "lived<20s")
    QTest.keyClick(tabs.filter, Qt.Key.Key_Down)
    offered = tabs.filter.offered
    assert offered[0] == "Keep this filter:  lived<20s"

    tabs.filter.choose(0)

    assert monitoring.settings().filters == ("lived<20s",)
    filtered(tabs, "")
    tabs.filter.offer()
    assert tabs.filter.offered[:2] == ["Kept", "    lived<20s"]
    tabs.filter.choose(1)
    assert tabs.filter.text() == "lived<20s"


def test_counts_are_of_the_endpoints_whose_rows_are_shown(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    tabs, table = monitoring.monitor.tabs, monitoring.monitor.table
    counts = {}
    for config in ENDPOINTS:
        table.select((config.name, 0))
        for tab, model in ((Tab.EVENTS, tabs.events.model), (Tab.MESSAGES, tabs.messages.model)):
            tabs.bar.setCurrentIndex(tab)
            show(monitoring, analyzer, 120)
            counts[config.name, tab] = model.rowCount()
            assert tabs.bar.tabText(tab).split()[1] == f"{model.rowCount():,}"

    assert len(set(counts.values())) > 2


@pytest.mark.parametrize("width", [900, 1024, 1400])
def test_no_tab_is_cut(monitoring: WholeWindow, width: int) -> None:
    tabs = monitoring.monitor.tabs
    monitoring.window.resize(width, 560)
    for tab in (Tab.CLOSURES, Tab.MESSAGES, Tab.SEND):
        tabs.bar.setCurrentIndex(tab)
        QApplication.processEvents()

        assert tabs.bar.width() >= tabs.bar.sizeHint().width()
    assert tabs.bar.tabText(Tab.MESSAGES).split()[0] == "Messages"


def test_numbers_come_back_to_the_tabs_with_the_room_for_them(monitoring: WholeWindow) -> None:
    tabs = monitoring.monitor.tabs
    monitoring.window.resize(900, 560)
    QApplication.processEvents()
    assert tabs.bar.tabText(Tab.CLOSURES) == "Closures"

    monitoring.window.resize(1400, 860)
    QApplication.processEvents()

    assert tabs.bar.tabText(Tab.CLOSURES) == "Closures 3"
