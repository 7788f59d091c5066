"""The lab in the window: one click a story, any scenario; the server is a future that the test resolves."""

from concurrent.futures import Future

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QPushButton

from tests.gui.conftest import FakeProbe, show
from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.gui.lab.process import Lab, LabScenario, RunningLab
from wsmonitor.gui.lab.stories import STORIES, Story
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.probe import channel

RUNNING = RunningLab(
    port=4711,
    scenarios=(
        LabScenario("echo", "Healthy", "sends everything back", "ws://127.0.0.1:4711/echo"),
        LabScenario("abrupt", "Endings", "TCP RST at a random time", "ws://127.0.0.1:4711/abrupt"),
    ),
)


class FakeLab:
    """A lab that listens when the test says so."""

    def __init__(self) -> None:
        self.running: Future[RunningLab] = Future()
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True

    def join(self, timeout_s: float) -> None:
        """It is gone at once."""


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> FakeLab:
    """What `Lab.start` gives."""
    fake = FakeLab()
    monkeypatch.setattr(Lab, "start", lambda: fake)
    return fake


def listen(lab: FakeLab) -> None:
    lab.running.set_result(RUNNING)
    QApplication.processEvents()


def names(window: WholeWindow) -> list[str]:
    return [config.name for config in window.controller.configs]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: str(story.number))
def test_one_click_adds_the_failing_and_the_fixed_server_of_a_story(
    window: WholeWindow, lab: FakeLab, analyzer: Analyzer, probe: FakeProbe, story: Story
) -> None:
    number = story.number
    button = window.window.pages.empty.findChildren(QPushButton, "story")[number]

    button.click()
    listen(lab)
    show(window, analyzer, 1)

    failing, fixed = window.controller.configs
    assert fixed.name == f"story {number}: fixed"
    assert ":4711/" in failing.url
    assert [type(command) for command in probe.commands].count(channel.ConnectEndpoint) == 2
    assert window.monitor.table.current_key() == (failing.name, 0)
    assert window.monitor.story.heading.text().startswith(f"Story {number}: ")


def test_the_banner_leads_to_the_fixed_server_and_back(window: WholeWindow, lab: FakeLab, analyzer: Analyzer) -> None:
    window.lab.play(STORIES[3])
    listen(lab)
    show(window, analyzer, 1)

    window.monitor.story.other.click()

    assert window.monitor.table.current_key() == ("story 4: fixed", 0)
    assert "the fixed server" in window.monitor.story.heading.text()
    window.monitor.story.dismiss.click()
    window.monitor.table.step(-1)
    assert not window.monitor.story.isVisible()


def test_a_story_played_again_is_dialled_again_not_added_again(
    window: WholeWindow, lab: FakeLab, probe: FakeProbe
) -> None:
    listen(lab)
    window.lab.play(STORIES[0])
    QApplication.processEvents()
    probe.commands.clear()

    window.lab.play(STORIES[0])

    assert [type(command) for command in probe.commands] == [channel.ConnectEndpoint, channel.ConnectEndpoint]
    assert len(names(window)) == 2


def test_stories_two_and_three_share_a_url_and_stay_apart(window: WholeWindow, lab: FakeLab) -> None:
    listen(lab)
    for number in (1, 2):
        window.lab.play(STORIES[number])
    QApplication.processEvents()

    assert len(names(window)) == 4


def test_a_single_scenario_is_found_by_words_and_added(window: WholeWindow, lab: FakeLab) -> None:
    picker = window.lab_actions.picker
    window.lab.load_scenarios()
    listen(lab)

    picker.scenarios.edit.setText("random rst")
    picker.scenarios.edit.returnPressed.emit()

    assert names(window) == ["lab: abrupt"]


def test_stopping_the_lab_takes_its_endpoints_away_and_no_others(window: WholeWindow, lab: FakeLab) -> None:
    window.window.pages.empty.url.edit.setText("localhost:8000/mine")
    window.window.pages.empty.url.submit()
    window.lab.start()
    listen(lab)
    assert len(names(window)) > 1

    window.lab_actions.menu.stop.trigger()

    assert names(window) == ["ws://localhost:8000/mine"]
    assert lab.is_closed


def test_a_lab_that_does_not_start_is_said_and_can_be_tried_again(window: WholeWindow, lab: FakeLab) -> None:
    window.window.pages.empty.lab.click()
    lab.running.set_exception(WsmonitorError("the lab did not start"))
    QApplication.processEvents()
    assert window.window.pages.empty.problem.text() == "the lab did not start"

    lab.running = Future()
    window.window.pages.empty.lab.click()
    listen(lab)

    assert "healthy" in names(window)


def test_the_page_opens_through_a_tap_as_soon_as_it_says_where_it_listens(
    window: WholeWindow, lab: FakeLab, analyzer: Analyzer, probe: FakeProbe, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    actions = window.lab_actions

    actions.menu.tapped.trigger()
    listen(lab)
    [config] = window.controller.configs
    analyzer.add_endpoint(config)
    show(window, analyzer, 10)
    actions._waiting.stop()  # from here on it looks when the test says so
    actions._open_tapped_page()
    assert (config.url, config.is_tap, opened) == ("ws://127.0.0.1:4711/", True, [])

    told = TapListening(
        at_ns=at_ns(11), endpoint=config.name, addresses=(), upstream=config.url, url="ws://localhost:4712/"
    )
    analyzer.feed([told])
    show(window, analyzer, 12)
    actions._open_tapped_page()

    assert opened == ["http://localhost:4712/stories"]
