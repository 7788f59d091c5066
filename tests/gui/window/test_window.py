"""The whole window, offscreen: snapshots in, what it shows and what it commands out."""

import numpy as np
from msgspec.structs import asdict, replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import FakeProbe, show, stack_of
from tests.gui.pictures import picture_of
from tests.gui.story import ENDPOINTS, at_ns, fin
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import ConnectionClosed, Disruption, ProbeLost, ProbeStarted, RttSample, State
from wsmonitor.gui.endpoints.columns import Column, endpoint_tooltip
from wsmonitor.gui.help.palette import CommandPalette
from wsmonitor.gui.look.colors import state_color
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.tables.ending_cells import Column as ClosureColumn
from wsmonitor.gui.time.overview import LEFT, RIGHT
from wsmonitor.gui.window.tabs import Tab
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import NS


def cell(window: WholeWindow, row: int, column: Column) -> str:
    return str(window.monitor.table.model().index(row, column).data())


def test_a_window_without_endpoints_asks_for_a_url(window: WholeWindow, probe: FakeProbe) -> None:
    assert window.window.pages.empty.isVisible()
    window.window.pages.empty.url.edit.setText("http://localhost")

    window.window.pages.empty.url.submit()

    assert "http:// is no WebSocket URL" in window.window.pages.empty.url.problem.text()
    assert probe.commands == []


def test_a_url_becomes_an_endpoint_that_is_dialled(window: WholeWindow, probe: FakeProbe) -> None:
    window.window.pages.empty.url.edit.setText("localhost:8000/ws")

    window.window.pages.empty.url.submit()

    assert [type(command) for command in probe.commands] == [channel.AddEndpoint, channel.ConnectEndpoint]
    assert window.controller.configs[0].url == "ws://localhost:8000/ws"
    assert window.monitor.isVisible()


def test_every_endpoint_has_a_row_with_its_state_and_numbers(monitoring: WholeWindow) -> None:
    assert [cell(monitoring, row, Column.ENDPOINT) for row in range(4)] == [
        "voice backend",
        "transcribe",
        "segmentation",
        "admin",
    ]
    assert cell(monitoring, 0, Column.STATE).startswith("O open, connected")
    assert cell(monitoring, 3, Column.STATE) == "F failed, HTTP 403, stopped"
    assert cell(monitoring, 0, Column.LAST_CLOSE).endswith("×3")


def test_the_curves_hold_the_round_trips_of_the_selected_endpoint(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    analyzer.feed(
        [RttSample(at_ns=at_ns(119.5), endpoint="transcribe", connection=1, kind="ws", round_trip_ns=345_000_000)]
    )
    monitoring.monitor.table.select(("transcribe", 0))
    show(monitoring, analyzer, 120)

    stack = stack_of(monitoring)
    x, y = stack.panes[0].curves["ws"]
    assert np.nanmax(y) == 345.0
    assert abs(x[np.nanargmax(y)] - 119.5) < 1.0


def test_the_first_drop_selects_itself_until_the_user_chooses(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    table = monitoring.monitor.table
    show(monitoring, analyzer, 120)
    assert table.current_key() == ("voice backend", 0)

    table.select(("admin", 0))
    show(monitoring, analyzer, 121)

    assert table.current_key() == ("admin", 0)


def test_freezing_keeps_plots_and_tables_while_the_endpoints_go_on(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    plots, closures = monitoring.monitor.plots, monitoring.monitor.tabs.closures.model
    monitoring.window.actions_table["freeze"].trigger()
    span, rows = plots.span, closures.rowCount()

    analyzer.feed([ConnectionClosed(at_ns=at_ns(121), endpoint="voice backend", connection=4, verdict=fin(NS))])
    show(monitoring, analyzer, 130)
    assert (plots.span, closures.rowCount()) == (span, rows)
    assert cell(monitoring, 0, Column.LAST_CLOSE) == "FIN ×4"

    monitoring.window.actions_table["live"].trigger()
    show(monitoring, analyzer, 131)
    assert plots.is_live
    assert closures.rowCount() == rows + 1


def test_dragging_back_leaves_live_and_the_live_button_offers_to_return(monitoring: WholeWindow) -> None:
    stack = stack_of(monitoring)
    monitoring.window.actions_table["window_0"].trigger()
    viewport, y = stack.viewport(), stack.height() // 3

    QTest.mousePress(viewport, Qt.MouseButton.MiddleButton, pos=QPoint(200, y))
    QTest.mouseMove(viewport, QPoint(320, y))
    QTest.mouseRelease(viewport, Qt.MouseButton.MiddleButton, pos=QPoint(320, y))

    assert not monitoring.monitor.plots.is_live
    assert monitoring.window.toolbar.button("live").property("state") == "behind"
    monitoring.window.toolbar.button("live").click()
    assert monitoring.window.toolbar.button("live").property("state") == "live"


def test_the_cursor_reads_out_all_plots(monitoring: WholeWindow) -> None:
    stack = stack_of(monitoring)

    QTest.mouseMove(stack.viewport(), QPoint(300, stack.height() // 3))

    assert any("ws" in line for line in stack.readout)
    assert any(line.startswith("O open") for line in stack.readout)


def test_buttons_command_the_selected_endpoints_only(monitoring: WholeWindow, probe: FakeProbe) -> None:
    monitoring.monitor.table.select(("transcribe", 0))

    for name in ("connect", "stop", "hold_off"):
        monitoring.window.actions_table[name].trigger()

    assert [asdict(command) | {"command_id": 0} for command in probe.commands] == [
        asdict(channel.ConnectEndpoint(endpoint="transcribe")),
        asdict(channel.StopEndpoint(endpoint="transcribe")),
        asdict(channel.Disrupt(endpoint="transcribe", kind="hold_off", argument="10")),
    ]


def test_every_disruption_is_in_the_menu_and_sends_its_kind(monitoring: WholeWindow, probe: FakeProbe) -> None:
    from wsmonitor.engine.disruptions import DISRUPTIONS

    menu = monitoring.window.toolbar.button("disconnect").menu()
    names = {action.objectName() for action in menu.actions()}
    assert {f"disrupt_{entry.kind}" for entry in DISRUPTIONS} <= names

    next(action for action in menu.actions() if action.objectName() == "disrupt_tcp_reset").trigger()

    assert isinstance(probe.commands[-1], channel.Disrupt)
    assert probe.commands[-1].kind == "tcp_reset"


def test_what_waits_for_the_opening_is_said_at_the_state(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    view = next(view for view in analyzer.snapshot(at_ns(120)).endpoints if view.name == "admin")
    waits = Disruption(at_ns=at_ns(120), endpoint="admin", connection=1, slot=0, kind="tcp_reset", phase="waiting")
    analyzer.feed([waits])
    after = next(view for view in analyzer.snapshot(at_ns(121)).endpoints if view.name == "admin")

    assert "tcp_reset" not in endpoint_tooltip(view, Column.STATE, at_ns(121), None)
    assert "Forced at the next opening: tcp_reset" in endpoint_tooltip(after, Column.STATE, at_ns(121), None)


def test_conditions_and_what_waits_are_taken_back_with_one_entry(monitoring: WholeWindow, probe: FakeProbe) -> None:
    from wsmonitor.engine import disruptions

    menu = monitoring.window.toolbar.button("disconnect").menu()
    next(action for action in menu.actions() if action.objectName() == "disrupt_back_to_normal").trigger()

    command = probe.commands[-1]
    assert isinstance(command, channel.Disrupt)
    assert disruptions.parse(command.kind, command.argument) == disruptions.TakeBack(None)


def test_a_lost_probe_is_said_and_taken_back(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    analyzer.feed([ProbeLost(at_ns=at_ns(120), reason="killed by signal 9")])
    show(monitoring, analyzer, 123)
    assert monitoring.monitor.notice.text == "Measurement stopped 3 s ago, restarting (killed by signal 9)"
    assert monitoring.window.status.probe.text().startswith("measurement stopped 3.0 s ago")

    analyzer.feed([ProbeStarted(at_ns=at_ns(124), pid=2)])
    show(monitoring, analyzer, 125)
    assert monitoring.monitor.notice.text == ""


def test_a_command_that_fails_is_said_above_the_plots(monitoring: WholeWindow) -> None:
    monitoring.controller.connect_now(["unknown"])

    assert monitoring.monitor.notice.text == "connecting unknown: no endpoint is called 'unknown'"


def test_a_removed_endpoint_can_be_brought_back(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    monitoring.monitor.table.select(("admin", 0))
    monitoring.window.actions_table["remove"].trigger()
    show(monitoring, analyzer, 121)
    assert monitoring.monitor.table.model().rowCount() == 3

    monitoring.window.actions_table["undo_remove"].trigger()
    show(monitoring, analyzer, 122)

    assert monitoring.monitor.table.model().rowCount() == 4


def test_a_removed_endpoint_comes_back_with_its_history_and_goes_on_counting(
    monitoring: WholeWindow, analyzer: Analyzer, probe: FakeProbe
) -> None:
    before = {view.name: view.connection for view in analyzer.snapshot(at_ns(120)).endpoints}
    monitoring.controller.remove(["admin"])
    monitoring.controller.undo()
    commands = [command for command in probe.commands if isinstance(command, channel.AddEndpoint)]
    after = {view.name: view.connection for view in analyzer.snapshot(at_ns(121)).endpoints}

    assert after == before
    assert (commands[-1].config.name, commands[-1].connections_before) == ("admin", before["admin"])


def test_a_removed_endpoint_whose_name_was_taken_begins_anew_under_another(
    monitoring: WholeWindow, analyzer: Analyzer, probe: FakeProbe
) -> None:
    config = monitoring.controller.config("admin")
    assert config is not None
    monitoring.controller.remove(["admin"])
    monitoring.controller.add([config])
    monitoring.controller.undo()

    assert [view.name for view in analyzer.snapshot(at_ns(121)).endpoints][-2:] == ["admin", "admin #2"]
    assert {command.connections_before for command in probe.commands if isinstance(command, channel.AddEndpoint)} == {0}


def test_the_first_drop_is_chosen_and_our_own_stop_is_none(window: WholeWindow) -> None:
    window.controller.add(ENDPOINTS)
    first, second = (config.name for config in ENDPOINTS[:2])
    quiet = Analyzer(at_ns(0), 0)
    for config in ENDPOINTS:
        quiet.add_endpoint(config)
    show(window, quiet, 0)
    stopped = replace(fin(1), by="stop", initiator="local")
    quiet.feed([ConnectionClosed(at_ns=at_ns(1), endpoint=first, connection=1, verdict=stopped)])
    quiet.feed([ConnectionClosed(at_ns=at_ns(2), endpoint=second, connection=1, verdict=fin(1))])

    show(window, quiet, 3)

    assert window.monitor.table.selected_keys() == [(second, 0)]


def test_choosing_a_closure_moves_the_plots_to_it(monitoring: WholeWindow) -> None:
    monitoring.window.actions_table["window_0"].trigger()
    model = monitoring.monitor.tabs.closures.model
    oldest = model.closure(model.rowCount() - 1)
    assert oldest is not None

    monitoring.monitor.tabs.closures.closure_chosen.emit(oldest)

    span = monitoring.monitor.plots.span
    assert span.start_s < (oldest.at_ns - at_ns(0)) / 1e9 < span.end_s


def test_the_theme_changes_while_it_runs(monitoring: WholeWindow) -> None:
    dark = picture_of(monitoring.window)

    monitoring.window.actions_table["theme"].trigger()
    QApplication.processEvents()

    assert picture_of(monitoring.window).mean() > dark.mean() + 100


def test_nothing_is_cut_off_in_the_smallest_window(monitoring: WholeWindow) -> None:
    monitoring.window.resize(1024, 640)
    QApplication.processEvents()

    assert monitoring.window.size().width() == 1024
    for name in ("add", "connect", "stop", "disconnect", "hold_off", "window_0", "window_5", "freeze", "live"):
        button = monitoring.window.toolbar.button(name)
        assert button.width() >= button.sizeHint().width()
    assert monitoring.window.toolbar.button("live").geometry().right() < 1024


def test_clicking_the_overview_moves_the_plots_there(monitoring: WholeWindow) -> None:
    monitoring.window.actions_table["window_0"].trigger()
    overview = monitoring.monitor.overview

    middle = QPoint(LEFT + (overview.width() - LEFT - RIGHT) // 2, overview.height() // 2)
    QTest.mousePress(overview, Qt.MouseButton.LeftButton, pos=middle)

    span = monitoring.monitor.plots.span
    assert abs((span.start_s + span.end_s) / 2 - 60.0) < 1.0


def test_a_chosen_message_is_shown_in_full(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    messages = monitoring.monitor.tabs.messages
    monitoring.monitor.tabs.bar.setCurrentIndex(1)
    show(monitoring, analyzer, 120)

    messages.table.selectRow(0)

    assert messages.inspector is not None
    assert messages.inspector.isVisible()
    assert messages.inspector.text.toPlainText() == '{\n  "type": "tick",\n  "seq": 0\n}'


def test_the_palette_finds_an_action_by_words_and_runs_it(monitoring: WholeWindow) -> None:
    monitoring.window.actions_table["palette"].trigger()
    palette = monitoring.window.findChild(CommandPalette)
    assert palette is not None

    palette.commands.edit.setText("view measurement")
    palette.commands.edit.returnPressed.emit()

    assert monitoring.monitor.plots.is_frozen


def test_the_count_of_closures_follows_the_selection_without_any_news(monitoring: WholeWindow) -> None:
    tabs, table = monitoring.monitor.tabs, monitoring.monitor.table
    counts = []
    for config in ENDPOINTS:
        table.select((config.name, 0))
        counts.append(tabs.bar.tabText(2))

    assert counts == ["Closures 3", "Closures 0", "Closures 0", "Closures 0 ✖1"], "failed openings are counted apart"


def test_the_palette_prefers_what_was_typed_at_the_start_of_a_word(monitoring: WholeWindow) -> None:
    monitoring.window.actions_table["palette"].trigger()
    palette = monitoring.window.findChild(CommandPalette)
    assert palette is not None

    palette.commands.edit.setText("light")

    chosen = palette.commands.list.currentItem().text().lower()
    assert " light" in f" {chosen.replace('/', ' ')}", "not one of those that hold it in the middle of a word"
    palette.close()


def test_space_presses_the_button_that_has_the_focus(monitoring: WholeWindow, probe: FakeProbe) -> None:
    monitoring.window.toolbar.button("stop").setFocus()

    QTest.keyClick(monitoring.window.toolbar.button("stop"), Qt.Key.Key_Space)

    assert not monitoring.monitor.plots.is_frozen
    assert isinstance(probe.commands[-1], channel.StopEndpoint)


def test_endpoints_and_lanes_take_the_room_they_need_and_findings_the_rest(monitoring: WholeWindow) -> None:
    monitor = monitoring.monitor

    table, lanes, findings = monitor.left.sizes()

    assert abs(table - monitor.table.whole_height) <= 2
    assert abs(lanes - monitor.lanes.sizeHint().height()) <= 2
    assert findings > table + lanes


def test_a_border_that_the_user_moved_stays(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    monitor = monitoring.monitor
    assert monitor.save_splitters()[1] == b""
    monitor.left.setSizes([400, 100, 200])
    monitor.left.splitterMoved.emit(400, 1)
    moved = monitor.left.sizes()

    analyzer.remove_endpoint("admin")
    show(monitoring, analyzer, 121)

    assert monitor.left.sizes() == moved
    assert monitor.save_splitters()[1] != b""


def test_a_narrow_table_of_closures_keeps_the_cause_in_sight(monitoring: WholeWindow) -> None:
    table = monitoring.monitor.tabs.closures.table
    cause = table.model().columnCount() - 1

    for width in (1024, 1400):
        monitoring.window.resize(width, 640)
        QApplication.processEvents()

        assert table.columnViewportPosition(cause) + 55 <= table.viewport().width()
    assert not table.isColumnHidden(ClosureColumn.SILENT)


def test_a_message_that_was_handed_over_is_said_until_something_else_is_typed(
    monitoring: WholeWindow, analyzer: Analyzer, probe: FakeProbe
) -> None:
    tabs = monitoring.monitor.tabs
    tabs.bar.setCurrentIndex(Tab.SEND)
    tabs.send.edit.setPlainText("hello")

    tabs.send.submit()
    show(monitoring, analyzer, 121)

    assert [command.payload for command in probe.commands if isinstance(command, channel.Send)] == [b"hello"]
    assert tabs.send.note.text().startswith("5 B handed over at ")
    assert tabs.filter.isHidden()
    assert tabs.all_endpoints.isHidden()
    tabs.send.edit.setPlainText("more")
    show(monitoring, analyzer, 122)
    assert tabs.send.note.text().startswith("To ")
    tabs.find_text()
    assert tabs.filter.isVisible()


def test_columns_of_closures_are_the_same_with_a_scroll_bar_as_without(
    monitoring: WholeWindow, analyzer: Analyzer
) -> None:
    table = monitoring.monitor.tabs.closures.table
    table.window().resize(1000, 700)
    QApplication.processEvents()
    before = [table.isColumnHidden(column) for column in range(table.model().columnCount())]

    verdict = fin(NS)
    analyzer.feed(
        [
            ConnectionClosed(at_ns=at_ns(120 + at / 100), endpoint=ENDPOINTS[0].name, connection=4, verdict=verdict)
            for at in range(60)
        ]
    )
    show(monitoring, analyzer, 125)

    assert table.verticalScrollBar().isVisible()
    assert [table.isColumnHidden(column) for column in range(table.model().columnCount())] == before


def test_a_degraded_connection_has_not_the_colour_of_one_that_closes() -> None:
    assert state_color(State.DEGRADED) != state_color(State.CLOSING)
