"""The real window with the real probe, against servers that are not ours."""

import math
import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.end_to_end import servers
from tests.end_to_end.windows import OpenWindow, open_window
from wsmonitor.facts.events import State
from wsmonitor.settings.endpoint_settings import EndpointConfig, PingConfig, RetryConfig, TrafficConfig

LIMIT_MS = 20_000


@pytest.fixture
def server() -> Iterator[int]:
    with servers.in_thread(servers.starlette_server) as port:
        yield port


class Running(OpenWindow):
    """A window on one endpoint, with what its source and its fold know."""

    @property
    def state(self) -> State:
        return self.snapshot.endpoints[0].state

    @property
    def sparkline(self) -> list[float]:
        view = self.snapshot.endpoints[0]
        return [value for value in view.sparkline if not math.isnan(value)]

    @property
    def closures(self) -> list[str | None]:
        return [closure.verdict.forced for closure in self.snapshot.closures]

    def curve(self, plot: str, label: str) -> np.ndarray:
        """The plotted values of one curve, without the breaks."""
        stack = self.whole.monitor.plots.stack
        if stack is None:
            return np.empty(0)
        pane = next(pane for pane in stack.panes if pane.plot.id == plot)
        values = pane.curves.get(label, (np.empty(0), np.empty(0)))[1]
        return values[~np.isnan(values)]

    def gaps(self) -> int:
        """Stretches without measurement that the round-trip plot shades."""
        stack = self.whole.monitor.plots.stack
        assert stack is not None
        return len(stack.panes[0].drawing.gaps)


@pytest.fixture
def running(server: int, qtbot: QtBot) -> Iterator[Running]:
    """The window on one endpoint that echoes, pings and messages flowing."""
    endpoint = EndpointConfig(
        name="echo",
        url=f"ws://127.0.0.1:{server}/echo",
        ping=PingConfig(interval_s=0.1),
        retry=RetryConfig(base_s=0.3),
        traffic=TrafficConfig(messages=("hello ${seq}",), every_s=0.1),
    )
    with open_window(Running, endpoint, qtbot) as running:
        yield running


def test_measured_round_trips_are_plotted_as_they_were_measured(running: Running, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(running.curve("round_trip", "ws")) >= 8, timeout=LIMIT_MS)

    plotted_ms = running.curve("round_trip", "ws")
    known_ms = running.sparkline
    assert set(np.round(plotted_ms[:20], 6)) <= set(np.round(known_ms, 6)), "what is plotted was measured"
    assert 0 < plotted_ms.min() <= plotted_ms.max() < 1000


def test_the_reset_button_forces_a_reset_that_the_window_then_shows(running: Running, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: running.state is State.OPEN, timeout=LIMIT_MS)

    running.press("disconnect", "disrupt_tcp_reset")

    qtbot.waitUntil(lambda: running.closures == ["tcp_reset"], timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: running.curve("buffered", "queued").max(initial=0) >= 1, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: running.state is State.OPEN, timeout=LIMIT_MS)


def test_a_killed_probe_is_said_restarted_and_leaves_a_gap(running: Running, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: running.state is State.OPEN, timeout=LIMIT_MS)
    killed = running.client.pid
    assert killed is not None

    os.kill(killed, signal.SIGKILL)

    notice = running.whole.monitor.notice
    qtbot.waitUntil(lambda: "Measurement stopped" in notice.text, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: running.state is State.OPEN and running.client.pid != killed, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: running.gaps() == 1, timeout=LIMIT_MS)
