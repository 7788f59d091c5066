"""A key asks for a note; it becomes a fact that the session, and so a recording, has."""

from typing import cast

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.gui.conftest import show, stack_of
from tests.gui.story import ENDPOINTS, START_NS, at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import Disruption, DisruptionPhase, Note
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.plots.drawing import NoteMark, Span
from wsmonitor.plots.notes import notes_within


def notes(analyzer: Analyzer) -> tuple[NoteMark, ...]:
    """What is written on the time line."""
    (first, *_) = analyzer.snapshot(at_ns(200)).endpoints
    return notes_within(first.history.session, Span(0, 1000))


def test_a_note_is_kept_about_the_moment_that_was_asked_for(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    show(monitoring, analyzer, 130)
    monitoring.monitor.plots.note_wanted.emit(100.5)

    field = monitoring.notes.field
    QTest.keyClicks(field.text, "deployed 1.4")
    QTest.keyClick(field.text, Qt.Key.Key_Return)

    assert notes(analyzer) == (NoteMark(100.5, "deployed 1.4"),)
    assert not field.isVisible()


def test_the_key_without_a_pointer_over_the_plots_writes_about_now(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    show(monitoring, analyzer, 130)
    monitoring.window.actions_table["note"].trigger()

    assert "Note at" in monitoring.notes.field.label.text()
    QTest.keyClicks(monitoring.notes.field.text, "now")
    QTest.keyClick(monitoring.notes.field.text, Qt.Key.Key_Return)

    assert [round(note.x) for note in notes(analyzer)] == [130]


def test_an_empty_note_is_none(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    show(monitoring, analyzer, 130)
    monitoring.monitor.plots.note_wanted.emit(100.5)

    QTest.keyClick(monitoring.notes.field.text, Qt.Key.Key_Return)

    assert notes(analyzer) == ()


def test_a_note_is_read_at_the_cursor(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    analyzer.feed([Note(at_ns=at_ns(120), text="deployed 1.4", moment_ns=START_NS + 125_000_000_000)])
    show(monitoring, analyzer, 130)
    stack = stack_of(monitoring)
    area, span = stack.panes[0].box_rect, monitoring.monitor.plots.span
    x = area.left() + (125 - span.start_s) / (span.end_s - span.start_s) * area.width()

    QTest.mouseMove(stack.viewport(), area.center().toPoint())
    QTest.mouseMove(stack.viewport(), QPoint(round(x), round(area.center().y())))

    assert "note: deployed 1.4" in stack.readout


def test_what_is_forced_is_read_at_the_cursor(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    for at_s, phase in ((100, "started"), (140, "ended")):
        name = ENDPOINTS[0].name
        event = Disruption(
            at_ns=at_ns(at_s), endpoint=name, connection=4, kind="stall", phase=cast("DisruptionPhase", phase)
        )
        analyzer.feed([event])
    show(monitoring, analyzer, 145)
    stack = stack_of(monitoring)
    area, span = stack.panes[0].box_rect, monitoring.monitor.plots.span
    x = area.left() + (120 - span.start_s) / (span.end_s - span.start_s) * area.width()

    QTest.mouseMove(stack.viewport(), area.center().toPoint())
    QTest.mouseMove(stack.viewport(), QPoint(round(x), round(area.center().y())))

    assert "forced stall 40.0 s" in stack.readout
