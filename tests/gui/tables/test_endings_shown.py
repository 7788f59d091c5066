"""Closures and failed openings in the table, their three layers, and codes in the workspace's own words."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt

from tests.gui.conftest import FakeProbe, show
from tests.gui.story import ENDPOINTS, at_ns, fin
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import Circumstances, ConnectionClosed, OpenFailed
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.tables.ending_cells import Column
from wsmonitor.gui.window.tabs import Tab
from wsmonitor.probe import channel
from wsmonitor.settings import workspace
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig, OwnCloseCode

NAME = ENDPOINTS[0].name
TIP = Qt.ItemDataRole.ToolTipRole
AROUND = Circumstances(
    first_close="rx",
    answer_ns=240_000,
    tcp_end="fin",
    tcp_end_ns=41_000_000,
    unsent_bytes=0,
    in_doubt=2,
    waiting=3,
    lag_ns=412_000_000,
    lag_window_ns=10 * NS,
)
TOKEN = OwnCloseCode(code=4003, name="token expired", meaning="log in again", reconnect="no")


def closed(seconds: float, *, code: int) -> ConnectionClosed:
    verdict = fin(NS, code=code)
    return ConnectionClosed(at_ns=at_ns(seconds), endpoint=NAME, connection=4, verdict=verdict, circumstances=AROUND)


def refused(seconds: float) -> OpenFailed:
    error = "connection refused: nothing listens on that port"
    return OpenFailed(at_ns=at_ns(seconds), endpoint=NAME, phase="tcp", error=error, duration_ns=NS)


def test_a_closure_has_its_handshake_its_messages_in_doubt_and_our_own_lag(
    monitoring: WholeWindow, analyzer: Analyzer
) -> None:
    analyzer.feed([closed(120, code=4003)])
    show(monitoring, analyzer, 121)

    model = monitoring.monitor.tabs.closures.model
    assert [model.cell(model.rowCount() - 1, column) for column in (Column.HOW, Column.CLOSING, Column.LEFT_OVER)] == [
        "Close 4003",
        "0.24/41.0 ms",
        "2 in doubt, 3 waiting",
    ]
    assert model.cell(model.rowCount() - 1, Column.FINDING).endswith("our loop 412 ms late")


def test_the_tooltip_has_all_three_layers(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    analyzer.feed([closed(120, code=1012)])
    show(monitoring, analyzer, 121)

    model = monitoring.monitor.tabs.closures.model
    tip = str(model.index(model.rowCount() - 1, 0).data(TIP))
    for words in ("WebSocket: The peer sent Close 1012", "TCP: FIN from the peer or a proxy", "Process: Nothing"):
        assert words in tip


def test_failed_openings_have_rows_that_can_be_turned_off(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    tabs, model = monitoring.monitor.tabs, monitoring.monitor.tabs.closures.model
    before = model.rowCount()
    analyzer.feed([closed(120, code=1012), refused(120.5)])
    show(monitoring, analyzer, 121)

    assert model.rowCount() == before + 2
    assert [model.cell(model.rowCount() - 1, column) for column in (Column.WHO, Column.HOW, Column.LIVED)] == [
        "host/firewall",
        "refused",
        "never open",
    ]
    assert "connection refused" in model.cell(model.rowCount() - 1, Column.REASON)
    assert "TCP: Not connected" in str(model.index(model.rowCount() - 1, 0).data(TIP))
    assert model.closure(model.rowCount() - 1) is None

    tabs.failed_openings.setChecked(False)
    assert (model.rowCount(), model.cell(model.rowCount() - 1, Column.HOW)) == (before + 1, "Close 1012")
    tabs.bar.setCurrentIndex(Tab.EVENTS)
    assert not tabs.failed_openings.isVisible()
    tabs.bar.setCurrentIndex(Tab.CLOSURES)
    assert tabs.failed_openings.isVisible()


def test_what_is_said_of_a_code_later_explains_earlier_closures_too(
    monitoring: WholeWindow, analyzer: Analyzer
) -> None:
    analyzer.feed([closed(120, code=4003)])
    show(monitoring, analyzer, 121)
    tabs = monitoring.monitor.tabs
    assert tabs.closures.model.cell(tabs.closures.model.rowCount() - 1, Column.REASON) != "token expired"

    analyzer.add_endpoint(replace(ENDPOINTS[0], close_code=(TOKEN,)))
    tabs.bar.setCurrentIndex(Tab.EVENTS)
    show(monitoring, analyzer, 122)
    tabs.bar.setCurrentIndex(Tab.CLOSURES)

    model = tabs.closures.model
    assert "4003 token expired: log in again" in str(model.index(model.rowCount() - 1, 0).data(TIP))
    newest = [tabs.events.model.cell(row, 4) for row in range(tabs.events.model.rowCount())][-1]
    assert "Close 4003 token expired" in newest
    view = analyzer.snapshot(at_ns(122)).endpoints[0]
    assert "token expired" in view.history.closures.newest[-1].words
    assert "log in again" in view.history.closures.newest[-1].details


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "codes.toml"
    path.write_text(
        '[[endpoint]]\nurl = "ws://h:1/a"\nname = "first"\n\n'
        '[[close_code]]\ncode = 4003\nname = "token expired"\nmeaning = "log in again"\nreconnect = "no"\n'
    )
    return path


def test_codes_of_the_workspace_hold_for_endpoints_that_come_later_and_after_an_edit(
    monitoring: WholeWindow, file: Path, probe: FakeProbe
) -> None:
    monitoring.workspace_actions.open(str(file))
    controller = monitoring.controller

    monitoring.endpoint_actions.add(EndpointConfig(name="second", url="ws://h:1/b"))
    controller.edit("first", EndpointConfig(name="first", url="ws://h:1/other"))

    assert [config.codes.name(4003) for config in controller.configs] == ["token expired"] * 2
    added = [command.config for command in probe.commands if isinstance(command, channel.AddEndpoint)]
    assert added[-1].shared_close_code == (TOKEN,)


def test_saving_writes_codes_of_the_workspace_once_and_an_endpoint_s_own_with_it(
    monitoring: WholeWindow, file: Path
) -> None:
    monitoring.workspace_actions.open(str(file))
    own = OwnCloseCode(code=4004, name="lobby closed")
    controller = monitoring.controller
    controller.edit("first", replace(controller.configs[0], close_code=(own,)))
    monitoring.workspace_actions.workspaces.touch()

    assert monitoring.workspace_actions.workspaces.save()

    assert file.read_text().count("token expired") == 1
    assert workspace.load(file).endpoints[0].close_code == (own,)


def test_codes_are_entered_in_the_editor(monitoring: WholeWindow) -> None:
    editor = monitoring.endpoint_actions.editor
    editor.edit(EndpointConfig(name="e", url="ws://h:1/"), frozenset())
    rows = editor.form.inputs["close_code",]

    rows.show_value([{"code": 4003, "name": "token expired", "reconnect": "no"}])
    assert editor.check() == {}
    assert rows.value() == [{"code": 4003, "name": "token expired", "reconnect": "no"}]

    rows.show_value([{"code": 1000, "name": "x"}, {"code": 1000, "name": ""}])
    said = editor.check()["close_code",]
    assert "1. expected 4000 to 4999" in said
    assert "2. expected each code once, found 1000 a second time" in said
