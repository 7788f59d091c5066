"""The plots in words: the same facts as the picture, to read, select and copy."""

import pytest
from PySide6.QtGui import QGuiApplication

from tests.gui.conftest import stack_of
from tests.gui.story import ENDPOINTS, at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import Disruption, Note
from wsmonitor.gui.look.moments import Moments
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.time.plain_words import PlainWords
from wsmonitor.gui.time.plots_in_words import plots_in_words
from wsmonitor.plots import PLOTS
from wsmonitor.plots.drawing import Span


def text_of(window: WholeWindow) -> str:
    window.window.actions_table["in_words"].trigger()
    popover = window.window.findChild(PlainWords)
    assert popover is not None
    assert popover.isVisible()
    return popover.text.toPlainText()


def words(analyzer: Analyzer, start_s: float, end_s: float, *, is_focus: bool = False) -> list[str]:
    snapshot = analyzer.snapshot(at_ns(120))
    text = plots_in_words(
        snapshot,
        snapshot.endpoints[0],
        PLOTS,
        Span(start_s, end_s),
        moments=Moments("elapsed"),
        is_focus=is_focus,
    )
    return text.splitlines()


def test_every_plot_speaks_of_what_is_in_sight(monitoring: WholeWindow) -> None:
    text = text_of(monitoring)

    stack = stack_of(monitoring)
    assert text.startswith("voice backend, ws://localhost:8000/ws/voice\nShown: ")
    for pane in stack.panes:
        assert pane.drawing.summary.partition(":")[0] in text
    assert "3 closures, " in text


def test_a_focus_period_is_what_it_speaks_of(monitoring: WholeWindow) -> None:
    monitoring.monitor.plots.focus_on(20, 50)

    text = text_of(monitoring)

    assert "Focus period: " in text
    assert "(30 s)" in text
    assert "1 closure, " in text


def test_notes_and_what_was_forced_are_told(analyzer: Analyzer) -> None:
    name = ENDPOINTS[0].name
    analyzer.feed(
        [
            Disruption(at_ns=at_ns(112), endpoint=name, connection=4, kind="stall", phase="started"),
            Disruption(at_ns=at_ns(117), endpoint=name, connection=4, kind="stall", phase="ended"),
            Note(at_ns=at_ns(119), text="deployed 1.4", moment_ns=at_ns(66)),
        ]
    )

    lines = words(analyzer, 0, 120)

    assert "Note at +1:06.0: deployed 1.4" in lines
    assert "From +1:52.0: forced stall 5.0 s" in lines


def test_closures_are_told_one_by_one_the_oldest_first(analyzer: Analyzer) -> None:
    lines = words(analyzer, 0, 120)

    first = lines.index("3 closures, 3 not asked for:") + 1
    assert lines[first].startswith("- +0:30")
    assert "FIN without a Close frame, after" in lines[first]
    assert "#3: peer: Close 1012" in lines[first + 2]
    assert "service restart" in lines[first + 2]


def test_a_time_without_closures_says_so(analyzer: Analyzer) -> None:
    assert words(analyzer, 5, 20)[-1] == "No closure in this period."


def test_a_time_that_lies_ahead_has_nothing_to_tell(analyzer: Analyzer) -> None:
    assert words(analyzer, 500, 600)[-1] == "Nothing of this period has happened yet."


def test_the_whole_text_goes_to_the_clipboard(monitoring: WholeWindow) -> None:
    text = text_of(monitoring)
    popover = monitoring.window.findChild(PlainWords)
    assert popover is not None

    popover.copy.click()

    assert QGuiApplication.clipboard().text() == text
    assert popover.text.isReadOnly()


@pytest.mark.usefixtures("window")
def test_without_endpoints_nothing_opens(window: WholeWindow) -> None:
    window.window.actions_table["in_words"].trigger()

    assert window.window.findChild(PlainWords) is None
