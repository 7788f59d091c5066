"""A question put to a real server from the real window, through the real probe, beside the monitoring."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from tests.end_to_end import servers
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.experiments import ExperimentView
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.facts.events import State
from wsmonitor.gui.experiments.experiment_card import ExperimentCard
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.start.options import WindowOptions
from wsmonitor.gui.start.session import Session
from wsmonitor.gui.window.window import Window
from wsmonitor.probe.client import ProbeClient
from wsmonitor.settings.endpoint_settings import EndpointConfig

LIMIT_MS = 30_000


class Asking:
    """A window on one endpoint."""

    def __init__(self, session: Session, analyzer: Analyzer) -> None:
        self.whole = session.whole
        self._analyzer = analyzer

    @property
    def snapshot(self) -> Snapshot:
        return self._analyzer.snapshot(time.monotonic_ns())

    @property
    def experiments(self) -> tuple[ExperimentView, ...]:
        return self.snapshot.experiments

    @property
    def newest(self) -> ExperimentCard:
        return self.whole.monitor.tabs.experiments.cards[0]

    def choose(self, name: str) -> None:
        """Choose an entry of the menu of questions."""
        menu = self.whole.window.toolbar.button("examine").menu()
        menu.aboutToShow.emit()
        action = menu.findChild(QAction, f"examine_{name}")
        assert isinstance(action, QAction)
        action.trigger()


@pytest.fixture
def asking(qtbot: QtBot) -> Iterator[Asking]:
    with servers.in_thread(servers.starlette_server) as port:
        client = ProbeClient()
        client.start()
        analyzer = Analyzer(time.monotonic_ns(), time.time_ns())
        session = Session(client, analyzer, Window(Look("dark")))
        endpoint = EndpointConfig(name="echo", url=f"ws://127.0.0.1:{port}/echo")
        session.open(WindowOptions(endpoints=(endpoint,)), None)
        qtbot.addWidget(session.window)

        made = Asking(session, analyzer)
        yield made

        asyncio.run(session.close())
        client.close()
        vars(made).clear()  # pytest holds on to it while the guards look for widgets


def test_a_server_is_asked_beside_the_monitoring_and_its_answer_is_shown(asking: Asking, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: asking.snapshot.endpoints[0].state is State.OPEN, timeout=LIMIT_MS)

    asking.choose("close")

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
    asking.choose("idle")
    qtbot.waitUntil(lambda: bool(asking.experiments and len(asking.experiments[0].lines) > 2), timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: "live" in asking.newest.picture.words, timeout=LIMIT_MS)

    asking.newest.stop.click()

    qtbot.waitUntil(lambda: not asking.experiments[0].is_running, timeout=LIMIT_MS)
    answer = asking.experiments[0].answer
    assert answer is not None
    assert answer.status == "interrupted"
