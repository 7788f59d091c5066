"""Right click, "Copy as": rows of endpoints, closures and messages on the clipboard."""

import json

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QMenu, QTableView, QTreeView

from tests.gui.conftest import show
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.window.tabs import Tab


def copied(window: WholeWindow, table: QTreeView | QTableView) -> dict[str, str]:
    """Title -> what stands on the clipboard after it was chosen, for the first row."""
    area: QAbstractScrollArea = table
    area.customContextMenuRequested.emit(table.visualRect(table.model().index(0, 0)).center() + QPoint(2, 0))
    menu = next(menu for menu in window.window.findChildren(QMenu) if menu.isVisible())
    entry = next(action for action in menu.actions() if action.objectName() == "copy_as")
    found = {}
    submenu = entry.menu()
    assert isinstance(submenu, QMenu)
    for action in submenu.actions():
        action.trigger()
        found[action.text()] = QApplication.clipboard().text()
    menu.close()
    return found


def test_an_endpoint_is_copied_as_commands_and_as_its_row(monitoring: WholeWindow) -> None:
    found = copied(monitoring, monitoring.window.table)

    assert found["URL"] == "ws://localhost:8000/ws/voice"
    assert found["curl"] == "curl -N ws://localhost:8000/ws/voice"
    assert found["row as text"].startswith("voice backend\t")
    row = json.loads(found["row as JSON"])
    assert (row["Endpoint"], row["URL"]) == ("voice backend", "ws://localhost:8000/ws/voice")
    assert not any("secrets" in title for title in found)


@pytest.mark.parametrize(("tab", "kind"), [(Tab.CLOSURES, "connection_closed"), (Tab.MESSAGES, "message")])
def test_what_was_seen_is_copied_as_its_record(
    monitoring: WholeWindow, analyzer: Analyzer, tab: Tab, kind: str
) -> None:
    tabs = monitoring.monitor.tabs
    tabs.bar.setCurrentIndex(tab)
    show(monitoring, analyzer, 121)
    table = tabs.closures.table if tab is Tab.CLOSURES else tabs.messages.table

    found = copied(monitoring, table)

    record = json.loads(found["row as JSON"])
    assert (record["type"], record["endpoint"]) == (kind, "voice backend")
    assert "\t" in found["row as text"]
    if tab is Tab.MESSAGES:
        assert next(iter(found.values())).startswith('{"type":"tick"')
