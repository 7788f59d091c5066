"""Compare in the window: periods from marks and focus, recordings, errors, copies."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.recordings.test_recordings import EXCERPT, Script, live, script, session  # noqa: F401  # fixtures
from tests.gui.story import at_ns
from wsmonitor.gui.recordings.compare_choices import Shown, choices, recording
from wsmonitor.gui.recordings.compare_dialog import CompareDialog
from wsmonitor.gui.start.session import Session
from wsmonitor.recording import save


def seconds(at: int) -> str:
    return f"{(at - at_ns(0)) / 1e9:.0f}"


def texts(marks: tuple[float | None, float | None], focus: tuple[float, float] | None = None) -> list[str]:
    placed = tuple(None if at_s is None else at_ns(at_s) for at_s in marks)
    period = None if focus is None else (at_ns(focus[0]), at_ns(focus[1]))
    shown = Shown(at_ns(0), at_ns(100), (placed[0], placed[1]), period)
    return [choice.text for choice in choices(shown, seconds)]


def test_marks_and_focus_offer_the_times_around_them() -> None:
    assert texts((None, None)) == []
    assert texts((40, None)) == ["before A: 0 to 40", "after A: 40 to 100"]
    assert texts((60, 40)) == ["before B: 0 to 40", "B to A: 40 to 60", "after A: 60 to 100"]
    assert texts((None, None), (0, 30)) == ["the focus period: 0 to 30", "after the focus period: 30 to 100"]


@pytest.fixture
def dialog(session: Session, script: Script) -> Iterator[CompareDialog]:  # noqa: F811  # pytest's way
    """Open on two minutes that are live, with mark A in the middle."""
    live(session, script)
    plots = session.whole.monitor.plots
    assert plots.stack is not None
    plots.stack.set_mark_at("A", 60.0)
    session.window.actions_table["compare"].trigger()
    QApplication.processEvents()
    assert session.compare.dialog is not None
    yield session.compare.dialog
    session.compare.close()


def cells(dialog: CompareDialog) -> dict[str, tuple[str, str, str]]:
    top = dialog.table.topLevelItem(0)
    assert top is not None
    items = [item for row in range(top.childCount()) if (item := top.child(row)) is not None]
    return {item.text(0).strip(): (item.text(1), item.text(2), item.text(3)) for item in items}


def run(dialog: CompareDialog, qtbot: QtBot) -> None:
    QTest.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.jobs.is_busy, timeout=20_000)


def test_before_and_after_a_mark(dialog: CompareDialog, qtbot: QtBot) -> None:
    assert [box.currentText().partition(":")[0] for box in dialog.sides] == ["before A", "after A"]

    run(dialog, qtbot)

    shown = cells(dialog)
    assert shown["observed"][:2] == ("60.0 s", "59.0 s")
    assert int(shown["closures, not forced"][0]) >= 1
    assert shown["ws p50"][2] == "no difference shown"
    QTest.mouseClick(dialog.copies["Markdown"], Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().startswith("# Before and after\n\n## voice backend\n")
    QTest.mouseClick(dialog.copies["text"], Qt.MouseButton.LeftButton)
    assert "observed" in QGuiApplication.clipboard().text()


def test_two_recordings(dialog: CompareDialog, qtbot: QtBot, tmp_path: Path) -> None:
    for side, name in enumerate(("old", "new")):
        save(tmp_path / f"{name}.wsmon", EXCERPT)
        dialog.choose(side, recording(tmp_path / f"{name}.wsmon"))

    run(dialog, qtbot)

    header = dialog.table.headerItem()
    assert (header.text(1), header.text(2)) == ("old.wsmon", "new.wsmon")
    assert cells(dialog)["closures, not forced"][2] == "no difference shown"


def test_what_is_no_recording_is_told_in_the_dialog(dialog: CompareDialog, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "no.wsmon").write_text("no recording")
    dialog.choose(0, recording(tmp_path / "no.wsmon"))
    dialog.choose(1, recording(tmp_path / "gone.wsmon"))

    run(dialog, qtbot)

    assert "no.wsmon" in dialog.problem.text()
    assert dialog.problem.isVisible()
    assert not dialog.copies["text"].isEnabled()


def test_without_marks_recordings_are_asked_for(session: Session, script: Script) -> None:  # noqa: F811  # pytest's way
    live(session, script)
    session.window.actions_table["compare"].trigger()
    shown = session.compare.dialog
    assert shown is not None

    assert "Choose two recordings" in shown.problem.text()
    assert not shown.start.isEnabled()
    shown.reject()
