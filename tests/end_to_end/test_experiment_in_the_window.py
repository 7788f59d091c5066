"""A question put to a real server from the real window, through the real probe, beside the monitoring."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.end_to_end import servers
from tests.end_to_end.windows import OpenWindow, open_window
from wsmonitor.analysis.experiments import ExperimentView
from wsmonitor.facts.events import State
from wsmonitor.gui.experiments.experiment_card import ExperimentCard
from wsmonitor.settings.endpoint_settings import EndpointConfig

LIMIT_MS = 30_000


class Asking(OpenWindow):
    """A window whose questions are looked at."""

    @property
    def experiments(self) -> tuple[ExperimentView, ...]:
        return self.snapshot.experiments

    @property
    def newest(self) -> ExperimentCard:
        return self.whole.monitor.tabs.experiments.cards[0]


@pytest.fixture
def asking(qtbot: QtBot) -> Iterator[Asking]:
    with servers.in_thread(servers.starlette_server) as port:
        endpoint = EndpointConfig(name="echo", url=f"ws://127.0.0.1:{port}/echo")
        with open_window(Asking, endpoint, qtbot) as asking:
            yield asking


def test_a_server_is_asked_beside_the_monitoring_and_its_answer_is_shown(asking: Asking, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: asking.snapshot.endpoints[0].state is State.OPEN, timeout=LIMIT_MS)

    asking.press("examine", "examine_close")

    qtbot.waitUntil(lambda: bool(asking.experiments and asking.experiments[0].answer), timeout=LIMIT_MS)
    answer = asking.experiments[0].answer
    assert answer is not None
    qtbot.waitUntil(lambda: asking.newest.answer.text().startswith(answer.answer), timeout=LIMIT_MS)
    assert answer.status == "completed"
    assert answer.checks
    assert asking.experiments[0].lines
    assert asking.snapshot.endpoints[0].state is State.OPEN
    assert asking.snapshot.closures == ()


def test_what_is_asked_for_long_is_stopped_on_its_card(asking: Asking, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: asking.snapshot.endpoints[0].state is State.OPEN, timeout=LIMIT_MS)
    asking.press("examine", "examine_idle")
    qtbot.waitUntil(lambda: bool(asking.experiments and len(asking.experiments[0].lines) > 2), timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: "live" in asking.newest.picture.words, timeout=LIMIT_MS)

    asking.newest.stop.click()

    qtbot.waitUntil(lambda: not asking.experiments[0].is_running, timeout=LIMIT_MS)
    answer = asking.experiments[0].answer
    assert answer is not None
    assert answer.status == "interrupted"
