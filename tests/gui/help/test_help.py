"""Help where it is needed: explanations, hints, versions, the log."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from tests.gui.conftest import show
from tests.gui.findings.test_findings import diagnosed, finding
from tests.gui.story import at_ns, fin
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import Closure
from wsmonitor.facts.events import State
from wsmonitor.gui.help.explanations import STATES, explain_ending, explain_finding
from wsmonitor.gui.help.hints import HINTS, Hints
from wsmonitor.gui.start import log_file
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.settings.endpoint_settings import NS

_MOUSE = QContextMenuEvent.Reason.Mouse


def test_every_state_is_explained() -> None:
    assert set(STATES) == set(State)


def test_a_closure_says_who_the_code_and_what_silence_means() -> None:
    closure = Closure(number=1, endpoint="e", slot=0, connection=1, at_ns=0, verdict=fin(NS, code=1012))

    heading, text = explain_ending(closure, Analyzer(0, 0).snapshot(0))

    assert "peer: Close 1012" in heading
    assert "WebSocket: The peer sent Close 1012" in text
    assert "1012 service restart" in text
    assert "Silent before the end" in text


def test_a_finding_says_what_its_confidence_is_made_of_and_where_the_rule_comes_from() -> None:
    heading, text = explain_finding(finding(31))

    assert heading == "Idle timeout 60 s (idle_timeout)"
    assert "support 0.80" in text
    assert "Where the rule comes from" in text


def test_shift_f1_explains_the_state_or_the_closure_that_has_the_focus(monitoring: WholeWindow) -> None:
    popover = monitoring.help.popover
    monitoring.monitor.table.setFocus()
    monitoring.window.actions_table["explain"].trigger()
    assert popover.heading.text().startswith("O open")
    popover.hide()

    table = monitoring.monitor.tabs.closures.table
    table.setCurrentIndex(table.model().index(0, 0))
    table.setFocus()
    monitoring.window.actions_table["explain"].trigger()

    assert "after" in popover.heading.text()
    popover.hide()


def test_the_right_button_on_a_finding_offers_its_meaning(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    monitoring.monitor.table.select(("voice backend", 0))
    monitoring.show_snapshot(diagnosed(analyzer.snapshot(at_ns(120)), finding(95, 31)))
    QApplication.processEvents()
    panel = monitoring.monitor.findings

    panel.customContextMenuRequested.emit(panel.cards[0].mapTo(panel, QPoint(20, 20)))
    menu = next(menu for menu in monitoring.window.findChildren(QMenu) if menu.isVisible())
    menu.actions()[0].trigger()
    menu.close()

    assert monitoring.help.popover.heading.text().startswith("Idle timeout")
    monitoring.help.popover.hide()


def test_the_right_button_on_an_endpoint_or_a_closure_opens_its_menu(monitoring: WholeWindow) -> None:
    tables = (monitoring.monitor.table, monitoring.monitor.tabs.closures.table)
    for table in tables:
        where = table.viewport().mapToGlobal(QPoint(20, 5))
        QApplication.sendEvent(table.viewport(), QContextMenuEvent(_MOUSE, QPoint(20, 5), where))

        menu = next(menu for menu in monitoring.window.findChildren(QMenu) if menu.isVisible())
        texts = [action.text() for action in menu.actions()]
        menu.close()

        assert texts[0] == "What does this mean?"
        assert len(texts) > 3


def test_hints_come_one_by_one_and_stay_away(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    hints: Hints = monitoring.monitor.hints
    assert not hints.isVisible()
    hints.start()
    for number in range(len(HINTS)):
        assert hints.text.text().startswith(f"{number + 1}/{len(HINTS)}")
        hints.next.click()

    show(monitoring, analyzer, 121)

    assert not hints.isVisible()
    assert monitoring.settings().hints_seen


def test_the_about_box_has_what_a_bug_report_needs(monitoring: WholeWindow) -> None:
    about = monitoring.help.about
    monitoring.window.actions_table["about"].trigger()

    about.copy.click()
    about.close()

    copied = QGuiApplication.clipboard().text()
    for word in ("wsmonitor ", "Python 3.", "Qt 6.", "websockets 1", "pyqtgraph 0.", "System ", "wsmonitor.log"):
        assert word in copied


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, as it was before afterwards."""
    root = logging.getLogger()
    handlers, level, hook = list(root.handlers), root.level, sys.excepthook
    yield root
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    sys.excepthook = hook


@pytest.mark.expects_log("wsmonitor.gui.start.log_file")
def test_a_bug_in_a_slot_is_in_the_log(root: logging.Logger) -> None:
    log_file.start_log()

    sys.excepthook(ValueError, ValueError("mended soon"), None)

    assert "mended soon" in log_file.log_file().read_text()


@pytest.mark.expects_log("wsmonitor.gui.start.log_file")
def test_a_bug_in_every_frame_does_not_fill_the_log(root: logging.Logger) -> None:
    log_file.start_log()

    for _ in range(1_000):
        sys.excepthook(ValueError, ValueError("seen often"), None)

    logged = log_file.log_file().read_text()
    assert logged.count("seen often") == 3
    for times in ("10th", "100th", "1000th"):
        assert logged.count(f"the same bug for the {times} time") == 1


def test_a_log_that_cannot_be_written_stops_nothing(
    root: logging.Logger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(log_file, "log_file", lambda: tmp_path / "file" / "wsmonitor.log")

    log_file.start_log()
