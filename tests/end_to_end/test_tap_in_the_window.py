"""A tap in the real window, with the real probe, a client of another library and a server that is not ours."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from pytestqt.qtbot import QtBot
from websockets.exceptions import ConnectionClosedError, WebSocketException
from websockets.sync.client import connect

from tests.end_to_end import servers
from tests.end_to_end.windows import OpenWindow, open_window
from wsmonitor.analysis.endpoints.tap_fold import TapView
from wsmonitor.analysis.snapshot import Closure
from wsmonitor.settings.endpoint_settings import EndpointConfig, TapConfig

LIMIT_MS = 20_000


class Tapped(OpenWindow):
    """A window on one tap."""

    @property
    def tap(self) -> TapView:
        view = self.snapshot.endpoints[0]
        assert view.tap is not None
        return view.tap

    @property
    def closures(self) -> tuple[Closure, ...]:
        return self.snapshot.closures


@pytest.fixture
def tapped(qtbot: QtBot) -> Iterator[Tapped]:
    with servers.in_thread(servers.starlette_server) as port:
        endpoint = EndpointConfig(name="shop", url=f"ws://127.0.0.1:{port}/echo", tap=TapConfig())
        with open_window(Tapped, endpoint, qtbot) as tapped:
            yield tapped


def test_a_client_comes_is_slowed_and_cut_through_the_menu(tapped: Tapped, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(tapped.tap.url), timeout=LIMIT_MS)
    bar = tapped.whole.monitor.tap
    qtbot.waitUntil(lambda: tapped.tap.url in bar.steps.text(), timeout=LIMIT_MS)

    with connect(tapped.tap.url) as client:
        qtbot.waitUntil(lambda: tapped.tap.clients_seen == 1, timeout=LIMIT_MS)
        tapped.press("disconnect", "fault_latency_100ms")
        panel = tapped.whole.monitor.faults
        qtbot.waitUntil(lambda: bool(panel.rows) and panel.rows[0].switch.isChecked(), timeout=LIMIT_MS)
        assert panel.rows[0].title.text() == "Latency"
        began_s = time.monotonic()
        client.send("hello")
        assert client.recv(timeout=20) == "hello"
        assert time.monotonic() - began_s >= 0.2, "100 ms each way"

        panel.rows[0].switch.click()
        qtbot.waitUntil(lambda: not panel.rows[0].switch.isChecked(), timeout=LIMIT_MS)
        tapped.press("disconnect", "fault_reset_client")
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
