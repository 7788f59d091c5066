"""Alert rules in the window: judged, announced, edited, and programs only where the user allowed them."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from tests.gui.conftest import show
from tests.gui.story import ENDPOINTS, at_ns, fin
from tests.waiting import until
from wsmonitor.alerts import allowed
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import ConnectionClosed, LoopLag
from wsmonitor.gui.alerts.alert_actions import AlertActions
from wsmonitor.gui.feed.live_session import LiveSession
from wsmonitor.gui.feed.notifications import Notifications
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.workspace.workspaces import Workspaces
from wsmonitor.recording import Replay
from wsmonitor.settings import workspace
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.settings.endpoint_settings import NS
from wsmonitor.tables.known_codes import EVERYBODYS

NAME = ENDPOINTS[0].name
DROPS = AlertRule(name="drops <often>", when="drops>=2 in 1m")


class Alerted:
    """A window whose live session judges; what the desktop was told is kept."""

    def __init__(self, window: WholeWindow, analyzer: Analyzer) -> None:
        self.window = window
        self.told: list[tuple[str, str]] = []
        self.is_seen = False
        self.live = LiveSession(analyzer, say=window.window.pages.say)
        self.notifications = Notifications(
            lambda: self.is_seen, lambda _: EVERYBODYS, window, say=lambda title, text: self.told.append((title, text))
        )
        self.actions = AlertActions(
            self.live,
            self.workspaces,
            controller=window.controller,
            notifications=self.notifications,
            pages=window.window.pages,
            parent=window.window,
        )

    @property
    def workspaces(self) -> Workspaces:
        return self.window.workspace_actions.workspaces

    def drop(self, *seconds: float) -> None:
        closed = [ConnectionClosed(at_ns=at_ns(at_s), endpoint=NAME, connection=1, verdict=fin(NS)) for at_s in seconds]
        self.live.feed([*closed])


@pytest.fixture
def alerted(monitoring: WholeWindow, analyzer: Analyzer) -> Iterator[Alerted]:
    made = Alerted(monitoring, analyzer)
    yield made
    made.actions.close()
    made.notifications.stop()


def test_an_alert_is_told_once_everywhere(alerted: Alerted, tmp_path: Path) -> None:
    alerted.workspaces.change_alerts((DROPS,))
    recorder = alerted.live.start_recording(tmp_path / "r.wsmon", overwrite=False, on_error=pytest.fail)

    alerted.drop(121, 122, 123)
    show(alerted.window, alerted.live.analyzer, 125)

    text = "2 drops in 60 s, the last: peer or proxy: FIN without a Close frame"
    assert alerted.told == [("drops \u2039often\u203a", f"{NAME}: {text}")]
    assert alerted.window.window.pages.notice.text == f"Alert drops <often>: {NAME}, {text}"
    status = alerted.window.window.status.alerts
    assert (status.text(), status.isVisible()) == ("▲ 1 alert", True)
    recorder.close()
    with Replay(tmp_path / "r.wsmon") as replay:
        assert sum(event.__class__.__name__ == "AlertChanged" for batch in replay.batches() for event in batch) == 1


def test_nothing_is_notified_while_the_window_is_looked_at(alerted: Alerted) -> None:
    alerted.workspaces.change_alerts((DROPS,))
    alerted.is_seen = True

    alerted.drop(121, 122)

    assert alerted.told == []
    assert "Alert drops" in alerted.window.window.pages.notice.text


def test_a_rule_that_goes_takes_its_alert_along(alerted: Alerted) -> None:
    alerted.workspaces.change_alerts((DROPS,))
    alerted.drop(121, 122)

    alerted.workspaces.change_alerts(())

    show(alerted.window, alerted.live.analyzer, 125)
    assert not alerted.window.window.status.alerts.isVisible()


def program(folder: Path) -> list[str]:
    writes = f"pathlib.Path('new').write_text(os.environ['WSMONITOR_ENDPOINT']); os.rename('new', '{folder}/ran')"
    return [sys.executable, "-c", f"import os, pathlib; os.chdir('{folder}'); {writes}"]


def file_with_program(folder: Path) -> Path:
    path = folder / "theirs.toml"
    command = json.dumps(program(folder))
    text = f'[[endpoint]]\nname = "{NAME}"\nurl = "ws://h:1/"\n[[alert]]\nname = "a"\nwhen = "drops>=1 in 1m"\n'
    path.write_text(f"{text}command = {command}\n")
    return path


def press(box: QMessageBox | None, text: str) -> None:
    assert box is not None
    next(button for button in box.buttons() if button.text() == text).click()
    QApplication.processEvents()


def test_a_program_of_somebody_elses_workspace_runs_once_it_was_allowed(alerted: Alerted, tmp_path: Path) -> None:
    path = file_with_program(tmp_path)
    alerted.workspaces.open(path)
    box = alerted.actions.permissions.question
    assert box is not None
    assert box.defaultButton().text() == "Do not run them"
    assert sys.executable in box.informativeText()

    alerted.drop(121)
    assert alerted.actions.announcer._programs._thread is None
    press(box, "Allow")
    alerted.live.feed([LoopLag(at_ns=at_ns(at_s), lag_ns=0) for at_s in range(122, 300)])
    alerted.drop(300)
    until("the end of the program", lambda: (tmp_path / "ran").exists() or None)

    assert (tmp_path / "ran").read_text() == NAME
    alerted.workspaces.open(path)
    assert alerted.actions.permissions.question is None


def test_rules_of_several_files_run_where_each_allowed_program_stands(alerted: Alerted, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        file = file_with_program(tmp_path / name)
        file.write_text(file.read_text().replace(f"os.chdir('{tmp_path / name}'); ", ""))
    whole = workspace.joined([workspace.load(tmp_path / name / "theirs.toml") for name in ("one", "two")])

    alerted.workspaces.adopt(whole, ENDPOINTS)
    box = alerted.actions.permissions.question
    assert box is not None
    assert box.informativeText().count("theirs.toml: ") == 2
    press(box, "Allow")
    alerted.drop(121)
    for name in ("one", "two"):
        until("the end of a program", (tmp_path / name / "ran").exists)

    assert [rule.name for rule in alerted.workspaces.alerts] == ["a", "a #2"]
    assert alerted.workspaces.save(tmp_path / "both.toml")
    assert all(alerted.actions._may_run(rule) for rule in alerted.workspaces.alerts)


def test_what_was_refused_is_not_asked_about_again_and_does_not_run(alerted: Alerted, tmp_path: Path) -> None:
    path = file_with_program(tmp_path)
    alerted.workspaces.open(path)
    press(alerted.actions.permissions.question, "Do not run them")

    alerted.workspaces.change_alerts(())
    alerted.workspaces.open(path)
    alerted.drop(121)

    assert alerted.actions.permissions.question is None
    assert alerted.actions.announcer._programs._thread is None


def test_a_rule_is_made_tried_and_saved(alerted: Alerted, qtbot: QtBot, tmp_path: Path) -> None:
    alerted.actions.ask()
    dialog = alerted.actions.dialog
    assert dialog is not None
    QTest.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    dialog.form.name.setText("slow")
    dialog.form.when.setText("p99>200ms")
    assert "`in` and a time" in dialog.form._problems["when"].text()
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()

    dialog.form.when.setText("p99>200ms in 1m")
    dialog.form.endpoints.setText("voice*, admin")
    dialog.form.command.setPlainText("\n".join(program(tmp_path)))
    assert dialog.form.about.text() == "for 2 of the 4 endpoints of now"
    QTest.mouseClick(dialog.form.attempt, Qt.MouseButton.LeftButton)
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)

    (rule,) = alerted.workspaces.alerts
    command = tuple(program(tmp_path))
    assert rule == AlertRule(name="slow", when="p99>200ms in 1m", endpoints=("voice*", "admin"), command=command)
    assert alerted.told == [("slow", "an endpoint: This is a trial.")]
    assert alerted.actions.permissions.question is None
    assert alerted.workspaces.is_changed
    assert alerted.workspaces.save(tmp_path / "mine.toml")
    assert workspace.load(tmp_path / "mine.toml").alerts == (rule,)
    assert allowed.answer(tmp_path / "mine.toml", command) is True


def test_an_unknown_finding_is_told_below_the_field(alerted: Alerted) -> None:
    alerted.workspaces.change_alerts((DROPS,))
    alerted.actions.ask()
    dialog = alerted.actions.dialog
    assert dialog is not None

    dialog.form.when.setText("finding:idle_timeot")

    assert dialog.form._problems["when"].text() == "there is no finding idle_timeot (docs/rules.md has all)"
    assert dialog.problem.text() == "1 to mend"
    dialog.reject()


def test_a_changed_rule_can_be_undone(alerted: Alerted) -> None:
    alerted.workspaces.change_alerts((DROPS,))
    alerted.actions.ask()
    dialog = alerted.actions.dialog
    assert dialog is not None
    QTest.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    removed = alerted.workspaces.alerts

    alerted.window.controller.undo()

    assert (removed, alerted.workspaces.alerts) == ((), (DROPS,))


def test_what_was_only_looked_at_is_right_and_stays_as_it_is(alerted: Alerted) -> None:
    rule = AlertRule(
        name="a", when="down>30s", endpoints=("voice*",), command=("ring", "7"), timeout_s=3, also_over=True
    )
    alerted.workspaces.change_alerts((rule, DROPS))
    press(alerted.actions.permissions.question, "Do not run them")
    alerted.actions.ask()
    dialog = alerted.actions.dialog
    assert dialog is not None
    dialog.list.setCurrentRow(1)
    dialog.list.setCurrentRow(0)

    problem = dialog.problem.text()
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)

    assert (problem, alerted.workspaces.alerts) == ("", (rule, DROPS))
    assert allowed.answer(None, rule.command) is False
