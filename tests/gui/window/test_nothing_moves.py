"""What is said, and what goes wrong, moves nothing that is under the pointer."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import FakeProbe
from wsmonitor.analysis.headline import Headline
from wsmonitor.gui.help.palette import CommandPalette
from wsmonitor.gui.lab.lab_control import Part
from wsmonitor.gui.lab.stories import STORIES
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.window.tabs import Tab
from wsmonitor.probe import channel


def places(window: WholeWindow) -> list[object]:
    """Where panels, plots, tables and the toolbar's buttons are."""
    QApplication.processEvents()
    monitor, toolbar = window.monitor, window.window.toolbar
    stack = monitor.plots.stack
    assert stack is not None
    tabs = monitor.tabs
    widgets = [monitor.table, monitor.findings, monitor.plots, monitor.overview, tabs.bar, tabs.filter]
    buttons = [toolbar.button(name) for name in ("export", "live", "freeze", "window_0")]
    tables = [tabs, tabs.closures.table.viewport()]  # they may lose their lower end
    at = [widget.mapTo(window.window, widget.rect().topLeft()).toTuple() for widget in (*widgets, *tables, *buttons)]
    return [*at, *(widget.size().toTuple() for widget in widgets), stack.panes[0].box_rect.getRect()]


@pytest.mark.parametrize("size", [(1024, 640), (1400, 860)])
def test_a_notice_moves_nothing(monitoring: WholeWindow, size: tuple[int, int]) -> None:
    monitoring.window.resize(*size)
    before = places(monitoring)

    monitoring.monitor.notice.say("Removed one, two and three " * 12, ("Undo", lambda: None))

    assert monitoring.monitor.notice.isVisible()
    assert places(monitoring) == before
    assert monitoring.monitor.notice.width() <= monitoring.monitor.plots.width()


def show_hints(window: WholeWindow) -> None:
    window.monitor.hints.start()


def show_story(window: WholeWindow) -> None:
    window.monitor.story.show_part(Part(STORIES[0], is_fixed=False, other="other"))


def show_tap(window: WholeWindow) -> None:
    for label in (window.monitor.tap.heading, window.monitor.tap.steps):
        label.setText("Point your client at ws://127.0.0.1:9001/ " * 9)
    window.monitor.tap.show()


def show_replay(window: WholeWindow) -> None:
    window.monitor.replay.name.say("a recording of yesterday evening.wsmon")
    window.monitor.replay.show()


def show_job(window: WholeWindow) -> None:
    window.monitor.jobs.text.setText("Writing the report")
    window.monitor.jobs.show()


def show_verdict(window: WholeWindow) -> None:
    said = Headline("failing", "Waiting to dial again", "lost every 20.0 s, 103 times", because="of this " * 60)
    window.monitor.verdict._show(said, "voice", "")


@pytest.mark.parametrize("size", [(1024, 640), (1400, 860)])
@pytest.mark.parametrize("come", [show_hints, show_story, show_tap, show_replay, show_job, show_verdict])
def test_what_comes_and_goes_moves_neither_plots_nor_tables(
    monitoring: WholeWindow, size: tuple[int, int], come: Callable[[WholeWindow], None]
) -> None:
    monitoring.window.resize(*size)
    before = places(monitoring)

    come(monitoring)

    assert places(monitoring) == before


def test_only_what_went_wrong_has_the_colour_of_that(monitoring: WholeWindow) -> None:
    pages = monitoring.window.pages

    pages.say("Saved")
    assert not monitoring.monitor.notice.property("problem")
    pages.complain("cannot be saved")
    assert monitoring.monitor.notice.property("problem")


@pytest.mark.parametrize("size", [(1024, 640), (1400, 860)])
def test_a_broken_filter_is_told_below_its_field_and_moves_nothing(
    monitoring: WholeWindow, size: tuple[int, int]
) -> None:
    monitoring.window.resize(*size)
    tabs = monitoring.monitor.tabs
    tabs.bar.setCurrentIndex(Tab.MESSAGES)
    before = places(monitoring)

    tabs.filter.setText("/n[/")
    tabs.choose_period(None)  # applies the filter at once

    assert "not a regular expression" in tabs.filter.problem.text()
    assert tabs.filter.problem.isVisible()
    assert tabs.filter.problem.y() >= tabs.filter.geometry().bottom()
    assert tabs.filter.problem.geometry().right() < tabs.width()
    assert places(monitoring) == before
    tabs.filter.setText("n")
    tabs.choose_period(None)
    assert not tabs.filter.problem.isVisible()


@pytest.mark.parametrize("size", [(1024, 640), (1400, 860)])
def test_a_recording_that_begins_moves_no_button(monitoring: WholeWindow, size: tuple[int, int]) -> None:
    monitoring.window.resize(*size)
    before = places(monitoring)

    monitoring.window.actions_table["record"].setText("Recording 00:00:04")
    monitoring.window.toolbar.show_recording(recording=True)

    assert places(monitoring) == before


@pytest.mark.parametrize(
    ("typed", "kind", "argument"),
    [("stall 5 s", "stall", "5"), ("black hole 10", "kernel_blackhole", "10"), ("hold off", "hold_off", "10")],
)
def test_the_palette_carries_out_what_has_a_second_step(
    monitoring: WholeWindow, probe: FakeProbe, typed: str, kind: str, argument: str
) -> None:
    monitoring.window.actions_table["palette"].trigger()
    palette = monitoring.window.findChild(CommandPalette)
    assert palette is not None

    palette.commands.edit.setText(typed)
    palette.commands.edit.returnPressed.emit()

    (order,) = (one for one in probe.commands if isinstance(one, channel.Disrupt))
    assert (order.kind, order.argument) == (kind, argument)


def test_the_palette_offers_no_fault_of_a_tap_where_none_is_selected(monitoring: WholeWindow) -> None:
    monitoring.window.actions_table["palette"].trigger()
    palette = monitoring.window.findChild(CommandPalette)
    assert palette is not None

    palette.commands.edit.setText("drop pongs")
    assert palette.commands.shown == []
    palette.commands.edit.setText("stall for 60 s")
    assert len(palette.commands.shown) == 1


def test_the_palette_puts_the_questions_of_the_examine_menu_too(monitoring: WholeWindow, probe: FakeProbe) -> None:
    monitoring.window.actions_table["palette"].trigger()
    palette = monitoring.window.findChild(CommandPalette)
    assert palette is not None

    palette.commands.edit.setText("examine silence end this connection")
    palette.commands.edit.returnPressed.emit()

    (order,) = (one for one in probe.commands if isinstance(one, channel.StartExperiment))
    assert order.name == "idle"


def test_whoever_looks_at_the_newest_row_still_does_in_a_smaller_window(monitoring: WholeWindow) -> None:
    tabs = monitoring.monitor.tabs
    tabs.all_endpoints.setChecked(True)
    tabs.bar.setCurrentIndex(Tab.EVENTS)
    monitoring.window.resize(1400, 860)
    QApplication.processEvents()
    table = tabs.events.table
    table.scrollToBottom()
    whole = table.verticalScrollBar().maximum()

    monitoring.window.resize(1024, 640)
    QApplication.processEvents()

    assert table.verticalScrollBar().maximum() > whole
    assert table.is_at_end


@pytest.mark.parametrize("size", [(900, 560), (1400, 860)])
def test_a_focus_period_moves_nothing(monitoring: WholeWindow, size: tuple[int, int]) -> None:
    monitoring.window.resize(*size)
    before = places(monitoring)

    monitoring.monitor.plots.focus_on(20, 60)

    assert monitoring.monitor.focus_bar.isVisible()
    assert places(monitoring) == before
    monitoring.monitor.plots.clear_focus()
    assert monitoring.monitor.overview.isVisible()
    assert places(monitoring) == before
