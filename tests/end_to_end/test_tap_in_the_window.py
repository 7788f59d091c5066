"""A tap in the real window, with the real probe, a client of another library and a server that is not ours."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot
from websockets.exceptions import ConnectionClosedError, WebSocketException
from websockets.sync.client import connect

from tests.end_to_end import servers
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.endpoints.tap_fold import TapView
from wsmonitor.analysis.snapshot import Closure
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.start.options import WindowOptions
from wsmonitor.gui.start.session import Session
from wsmonitor.gui.window.window import Window
from wsmonitor.probe.client import ProbeClient
from wsmonitor.settings.endpoint_settings import EndpointConfig, TapConfig

LIMIT_MS = 20_000


class Tapped:
    """A window on one tap."""

    def __init__(self, session: Session, analyzer: Analyzer) -> None:
        self.whole = session.whole
        self._analyzer = analyzer

    @property
    def tap(self) -> TapView:
        view = self._analyzer.snapshot(time.monotonic_ns()).endpoints[0]
        assert view.tap is not None
        return view.tap

    @property
    def closures(self) -> tuple[Closure, ...]:
        return self._analyzer.snapshot(time.monotonic_ns()).closures

    def press(self, name: str) -> None:
        """Choose an entry of the menu of disconnects."""
        menu = self.whole.window.toolbar.button("disconnect").menu()
        menu.aboutToShow.emit()
        action = menu.findChild(QAction, name)
        assert isinstance(action, QAction)
        action.trigger()


@pytest.fixture
def tapped(qtbot: QtBot) -> Iterator[Tapped]:
    with servers.in_thread(servers.starlette_server) as port:
        client = ProbeClient()
        client.start()
        analyzer = Analyzer(time.monotonic_ns(), time.time_ns())
        session = Session(client, analyzer, Window(Look("dark")))
        endpoint = EndpointConfig(name="shop", url=f"ws://127.0.0.1:{port}/echo", tap=TapConfig())
        session.open(WindowOptions(endpoints=(endpoint,)), None)
        qtbot.addWidget(session.window)

        made = Tapped(session, analyzer)
        yield made

        asyncio.run(session.close())
        client.close()
        vars(made).clear()  # pytest holds on to it while the guards look for widgets


def test_a_client_comes_is_slowed_and_cut_through_the_menu(tapped: Tapped, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(tapped.tap.url), timeout=LIMIT_MS)
    bar = tapped.whole.monitor.tap
    qtbot.waitUntil(lambda: tapped.tap.url in bar.steps.text(), timeout=LIMIT_MS)

    with connect(tapped.tap.url) as client:
        qtbot.waitUntil(lambda: tapped.tap.clients_seen == 1, timeout=LIMIT_MS)
        tapped.press("fault_latency_100ms")
        panel = tapped.whole.monitor.faults
        qtbot.waitUntil(lambda: bool(panel.rows) and panel.rows[0].switch.isChecked(), timeout=LIMIT_MS)
        assert panel.rows[0].title.text() == "Latency"
        began_s = time.monotonic()
        client.send("hello")
        assert client.recv(timeout=20) == "hello"
        assert time.monotonic() - began_s >= 0.2, "100 ms each way"

        panel.rows[0].switch.click()
        qtbot.waitUntil(lambda: not panel.rows[0].switch.isChecked(), timeout=LIMIT_MS)
        tapped.press("fault_reset_client")
        with pytest.raises(ConnectionClosedError):
            client.recv(timeout=20)

    qtbot.waitUntil(lambda: len(tapped.closures) == 1, timeout=LIMIT_MS)
    assert tapped.closures[0].verdict.forced == "reset"


@contextmanager
def reconnecting(url: str) -> Iterator[None]:
    """Somebody's own client: it subscribes, and comes back half a second after each end."""
    is_over = threading.Event()

    def run() -> None:
        while not is_over.is_set():
            with suppress(OSError, WebSocketException), connect(url) as connection:
                connection.send('{"type": "subscribe", "topic": "prices"}')
                while not is_over.wait(0.2):
                    connection.send('{"type": "tick"}')
                    connection.recv(timeout=10)
            is_over.wait(0.5)

    thread = threading.Thread(target=run, name="somebody's client")
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(20)


def test_a_client_that_is_connected_is_tested_from_the_window_until_it_is_stopped(tapped: Tapped, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(tapped.tap.url), timeout=LIMIT_MS)
    monitor = tapped.whole.monitor
    scorecard = monitor.tabs.scorecard
    with reconnecting(tapped.tap.url):
        qtbot.waitUntil(lambda: tapped.tap.clients_seen == 1, timeout=LIMIT_MS)
        monitor.tap.test.click()
        tapped.whole.audits.question.submit()

        qtbot.waitUntil(lambda: "fault 1 of 6: tcp reset" in scorecard.status.text(), timeout=LIMIT_MS)
        assert '"topic": "prices"' in scorecard.messages.text()
        assert "tick" not in scorecard.messages.text()
        qtbot.waitUntil(lambda: "fault 2 of 6" in scorecard.status.text(), timeout=LIMIT_MS)
        scorecard.stop.click()

        qtbot.waitUntil(lambda: scorecard.status.text().startswith("stopped after"), timeout=LIMIT_MS)
        reset = scorecard.rows[0]
        assert (reset.fault.text(), "subscribed once" in reset.numbers.text()) == ("tcp reset", True)
        assert scorecard.rows[1].mark.text() == "– not tested"
        qtbot.waitUntil(lambda: not tapped.tap.faults, timeout=LIMIT_MS)
