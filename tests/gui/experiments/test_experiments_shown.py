"""Experiments in the window: asked through a menu, shown on a card, stopped, copied."""

import pytest
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from tests.gui.conftest import FakeProbe
from tests.gui.experiments.story import ASKED, ENDED, STARTED, answered
from tests.gui.story import ENDPOINTS, START_NS, WALL_NS, at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.registry import EXPERIMENTS
from wsmonitor.facts.events import AnyEvent
from wsmonitor.gui.experiments.examine_menu import ExamineMenu
from wsmonitor.gui.experiments.experiment_actions import is_plainly_ours
from wsmonitor.gui.experiments.experiment_card import ExperimentCard
from wsmonitor.gui.experiments.ladder import ladder, ladder_words
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.window.tabs import Tab
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import ConnectConfig, EndpointConfig


@pytest.fixture
def analyzer() -> Analyzer:
    """Nothing seen yet."""
    return Analyzer(START_NS, WALL_NS)


@pytest.fixture
def asking(window: WholeWindow, analyzer: Analyzer, probe: FakeProbe) -> WholeWindow:
    """The window with the story's endpoints, the first selected, on the tab of experiments."""
    window.controller.add(ENDPOINTS)
    probe.commands.clear()
    tell(window, analyzer, at_s=1)
    window.monitor.table.select((ASKED, 0))
    window.monitor.tabs.bar.setCurrentIndex(Tab.EXPERIMENTS)
    return window


def tell(window: WholeWindow, analyzer: Analyzer, *events: AnyEvent, at_s: float = 70) -> None:
    analyzer.feed(events)
    window.show_snapshot(analyzer.snapshot(at_ns(at_s)))
    QApplication.processEvents()


def card(window: WholeWindow) -> ExperimentCard:
    [shown] = [one for one in window.monitor.tabs.experiments.cards if one.isVisible()]
    return shown


def examine(window: WholeWindow) -> QMenu:
    menu = window.window.toolbar.button("examine").menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    return menu


def questions(window: WholeWindow) -> list[QAction]:
    menu = examine(window)
    assert isinstance(menu, ExamineMenu)
    return menu.questions


def choose(window: WholeWindow, name: str) -> None:
    action = examine(window).findChild(QAction, f"examine_{name}")
    assert isinstance(action, QAction)
    action.trigger()


def started(probe: FakeProbe) -> list[tuple[str, str]]:
    return [(one.config.name, one.name) for one in probe.commands if isinstance(one, channel.StartExperiment)]


def test_the_menu_has_every_question_once(asking: WholeWindow) -> None:
    examine(asking)

    names = [action.objectName() for action in questions(asking)]

    assert names == [f"examine_{one.name}" for one in EXPERIMENTS]


def test_a_question_goes_to_the_server_of_the_selected_endpoint(asking: WholeWindow, probe: FakeProbe) -> None:
    asking.monitor.tabs.bar.setCurrentIndex(Tab.EVENTS)

    choose(asking, "keepalive")

    assert started(probe) == [(ASKED, "keepalive")]
    assert asking.monitor.tabs.bar.currentIndex() == Tab.EXPERIMENTS


def test_how_to_ask_is_chosen_once_for_all_questions(asking: WholeWindow, probe: FakeProbe) -> None:
    action = examine(asking).findChild(QAction, "examine_options")
    assert isinstance(action, QAction)
    action.trigger()
    form = asking.experiment_actions.options
    assert form.isVisible()
    form.longest.setText("90s")
    form.message.setText('{"op": "${token}"}')
    form.expect.setText("${token}")
    form.hostile.click()
    form.button.click()
    assert not form.isVisible()

    choose(asking, "protocol")

    [command] = [one for one in probe.commands if isinstance(one, channel.StartExperiment)]
    wanted = ExperimentOptions(max_s=90, message='{"op": "${token}"}', expect="${token}", hostile=True)
    assert command.options == wanted
    assert action.text() == "Options: at most 90 s, with a message, hostile…"


@pytest.mark.parametrize(("text", "wrong"), [("soon", "expected a duration"), ("0.1s", "expected at least 1 s")])
def test_a_time_that_is_none_is_said_in_the_form(asking: WholeWindow, text: str, wrong: str) -> None:
    form = asking.experiment_actions.options
    form.ask(asking.window.toolbar)
    form.longest.setText(text)

    form.button.click()

    assert form.isVisible()
    assert form.problem.text().startswith(f"At most: {wrong}")
    assert form.options == ExperimentOptions()
    form.hide()


def test_a_server_that_may_be_somebody_elses_is_asked_only_after_a_yes(asking: WholeWindow, probe: FakeProbe) -> None:
    asking.monitor.table.select(("segmentation", 0))
    choose(asking, "idle")
    box = asking.experiment_actions.question
    assert box is not None
    box.button(box.StandardButton.Cancel).click()
    assert started(probe) == []

    choose(asking, "idle")
    box = asking.experiment_actions.question
    assert box is not None
    box.buttons()[0].click()
    choose(asking, "close")

    assert started(probe) == [("segmentation", "idle"), ("segmentation", "close")], "asked once"


@pytest.mark.parametrize(
    ("url", "address", "is_ours"),
    [
        ("ws://localhost:8000/", "", True),
        ("ws://127.0.0.1/", "", True),
        ("wss://[::1]:9/", "", True),
        ("ws://192.168.1.4/", "", True),
        ("wss://staging.example/", "", False),
        ("wss://staging.example/", "10.0.0.7", True),
        ("ws://localhost.example.org/", "", False),
        ("ws://8.8.8.8/", "", False),
        ("ws://localhost/", "8.8.8.8", False),
        ("ws://[broken/", "", False),
    ],
)
def test_only_addresses_of_ours_go_without_a_question(url: str, address: str, is_ours: bool) -> None:
    config = EndpointConfig(name="a", url=url, connect=ConnectConfig(address=address))

    assert is_plainly_ours(config) is is_ours


def test_a_card_shows_how_it_goes(asking: WholeWindow, analyzer: Analyzer) -> None:
    tell(asking, analyzer, *STARTED, *ENDED)

    shown = card(asking)

    assert shown.status.text() == "running 69 s of at most 3:10 · 3 connections"
    assert shown.question.text().startswith("After how much silence")
    assert "60 s: Server: nginx" in shown.prediction.text()
    assert shown.picture.words == "silent: 2 of 2 ended, the last at 60.1 s; pings: 1 live"
    assert shown.step.text() == "Now: steady state"
    assert shown.picture.height() > 30
    assert asking.monitor.tabs.bar.tabText(Tab.EXPERIMENTS) == "Experiments 1"


def test_a_running_one_can_be_stopped_on_its_card_and_in_the_menu(
    asking: WholeWindow, analyzer: Analyzer, probe: FakeProbe
) -> None:
    tell(asking, analyzer, *STARTED)

    card(asking).stop.click()
    assert not any(action.isEnabled() for action in questions(asking))
    examine(asking).actions()[0].trigger()

    assert [one.endpoint for one in probe.commands if isinstance(one, channel.StopExperiment)] == [ASKED] * 2
    tell(asking, analyzer, answered())
    assert not card(asking).stop.isVisible()
    assert all(action.isEnabled() for action in questions(asking))


def test_an_answer_says_how_sure_it_is_what_it_leaves_open_and_what_to_do(
    asking: WholeWindow, analyzer: Analyzer
) -> None:
    tell(asking, analyzer, *STARTED, *ENDED, answered(), at_s=300)
    shown = card(asking)

    assert shown.answer.text() == "60.0 s (2 of 2 ended at 59.9 to 60.1 s) · 93% sure"
    assert "Not told: whether a longer timer waits" in shown.details.text()
    assert shown.status.text().startswith("done · 79 s")
    assert ladder_words(ladder(analyzer.snapshot(at_ns(300)).experiments[0], at_ns(300))).endswith("pings: 1 live")
    shown.copy_advice.click()
    assert QGuiApplication.clipboard().text() == "ping every 25 s"
    shown.copy.click()
    assert "### idle: 60.0 s" in QGuiApplication.clipboard().text()


def test_what_lived_at_the_end_grows_no_older(asking: WholeWindow, analyzer: Analyzer) -> None:
    tell(asking, analyzer, *STARTED, answered(80))
    [view] = analyzer.snapshot(at_ns(500)).experiments

    picture = ladder(view, at_ns(500))

    assert [round(bar.age_s) for group in picture.groups for bar in group.bars] == [78, 77, 76]


def test_a_recording_with_a_verdict_that_is_none_is_shown_all_the_same(asking: WholeWindow, analyzer: Analyzer) -> None:
    tell(asking, analyzer, answered(verdict="<b>nonsense</b>"))
    shown = card(asking)

    shown.copy.click()

    assert "1 <b>nonsense</b>" in shown.details.text()
    assert "### idle" in QGuiApplication.clipboard().text()


def test_experiments_of_others_are_shown_only_where_all_are(asking: WholeWindow, analyzer: Analyzer) -> None:
    tell(asking, analyzer, *STARTED)
    asking.monitor.table.select(("admin", 0))
    assert asking.monitor.tabs.experiments.nothing.isVisible()

    asking.monitor.tabs.all_endpoints.setChecked(True)

    assert card(asking).title.text() == f"idle · {ASKED}"
