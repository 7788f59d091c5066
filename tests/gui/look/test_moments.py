"""How times read: one choice for the axis, the read-out, the tables, the findings and the reports."""

import re
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import show
from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.gui.look.moments import DISPLAYS, Moments, TimeDisplay, clock, elapsed
from wsmonitor.gui.start.remembered import Settings
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.time.plotting.axes import TimeAxis, time_label

NOON_S = 1_782_043_200.0
"""2026-06-21 12:00:00 UTC."""


@pytest.fixture
def chatham(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A clock 12 h 45 min ahead of UTC in winter."""
    monkeypatch.setenv("TZ", "Pacific/Chatham")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    """Axes need one."""


def labels(display: TimeDisplay, low: float, high: float, start_wall_s: float = NOON_S + 7) -> list[str]:
    axis = TimeAxis()
    axis.set_start(start_wall_s, display)
    ((step, ticks),) = axis.tickValues(low, high, 800.0)
    return axis.tickStrings(ticks, 1.0, step)


@pytest.mark.usefixtures("chatham")
def test_a_moment_reads_as_local_time_as_utc_or_as_the_time_since_the_start() -> None:
    assert clock(NOON_S + 0.25) == "00:45:00.250"
    assert clock(NOON_S + 0.25, utc=True) == "12:00:00.250Z"
    assert clock(NOON_S, digits=0, utc=True) == "12:00:00Z"


@pytest.mark.parametrize(
    ("duration_ns", "digits", "text"),
    [
        (0, 0, "+0:00"),
        (127_214_999_999, 3, "+2:07.214"),
        (3_727_000_000_000, 0, "+1:02:07"),
        (100 * 3_600_000_000_000, 0, "+100:00:00"),
        (-1_500_000_000, 1, "-0:01.5"),
    ],
)
def test_elapsed_time_shows_minutes_and_hours_where_there_are_any(duration_ns: int, digits: int, text: str) -> None:
    assert elapsed(duration_ns, digits=digits) == text


@pytest.mark.usefixtures("chatham")
def test_ticks_stand_where_the_clock_that_is_shown_is_round() -> None:
    assert labels("local", 0, 100)[:2] == ["00:45:15", "00:45:30"]
    assert labels("utc", 0, 100)[:2] == ["12:00:15Z", "12:00:30Z"]
    assert labels("elapsed", 0, 100)[:3] == ["+0:00", "+0:15", "+0:30"]


@pytest.mark.usefixtures("chatham")
def test_a_day_begins_where_the_clock_that_is_shown_says_so() -> None:
    assert time_label(NOON_S + 12 * 3600, 3600, utc=True) == "22 Jun"
    assert time_label(NOON_S + 12 * 3600, 3600) == "12:45"


def test_elapsed_ticks_count_hours_on_and_on() -> None:
    assert labels("elapsed", 0, 7200)[-1] == "+2:00:00"


def said_everywhere(window: WholeWindow) -> list[str]:
    """The time of one moment in each place that shows times."""
    monitor = window.monitor
    stack = monitor.plots.stack
    assert stack is not None
    stack._pointer = QPointF(stack._area().center())
    stack._show_cursor()
    monitor.tabs.bar.setCurrentIndex(2)
    monitor.tabs.closures.table.selectRow(0)
    monitor.tabs.closures.table.copy()
    copied = QGuiApplication.clipboard().text().split("\t")[0]
    monitor.tabs.bar.setCurrentIndex(0)
    return [
        stack.readout[0].split()[0],
        copied,
        monitor.tabs.events.model.cell(0, 0),
        monitor.focus_bar.label.text().split()[1],
    ]


@pytest.mark.parametrize(
    ("display", "looks"), [("local", r"^\d\d:\d\d:\d\d\.\d+$"), ("utc", r"Z$"), ("elapsed", r"^\+\d+:\d\d\.\d+$")]
)
def test_every_place_follows_the_choice(
    monitoring: WholeWindow, analyzer: Analyzer, display: TimeDisplay, looks: str
) -> None:
    monitoring.monitor.tabs.bar.setCurrentIndex(0)
    show(monitoring, analyzer, 120)
    monitoring.monitor.plots.focus_on(5, 100)

    monitoring.window.look.show_times(display)

    said = said_everywhere(monitoring)
    assert [text for text in said if not re.search(looks, text)] == []


def test_a_table_and_the_read_out_agree_to_the_millisecond(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    snapshot = analyzer.snapshot(at_ns(120))

    assert Moments("elapsed").clock(snapshot, snapshot.start_ns + 1_234_000_000) == "+0:01.234"


def test_the_key_goes_through_all_displays_and_says_which(monitoring: WholeWindow) -> None:
    told = []
    for _ in DISPLAYS:
        monitoring.window.actions_table["times"].trigger()
        told.append(monitoring.monitor.notice.text)

    assert told == [f"Times are shown as {words}" for words in ("UTC", "time since the start", "local time")]


def test_the_choice_is_kept(monitoring: WholeWindow) -> None:
    monitoring.use(Settings(times="utc"))

    assert monitoring.settings().times == "utc"
    monitoring.preferences.ask()
    dialog = monitoring.preferences._dialog
    assert dialog is not None
    assert dialog.times.currentText() == "UTC"
