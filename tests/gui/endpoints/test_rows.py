"""What a row says of its endpoint: no secret, the loss of every heartbeat, the age of the connection."""

import sys
from dataclasses import replace

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.story import ENDPOINTS, START_NS, at_ns, fin
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.focus import Focus
from wsmonitor.facts.events import HeartbeatMissed, OpenFailed, RttSample, State, StateChanged
from wsmonitor.gui.endpoints import endpoint_delegate
from wsmonitor.gui.endpoints.columns import Column, endpoint_tooltip
from wsmonitor.gui.look.words import short_state, state_line
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig
from wsmonitor.text.wording.closure_words import own_part

SECRET = "ws://localhost:9103/feed?room=1&token=s3cret"


def beating() -> Analyzer:
    """One connection, opened at 1 s: WebSocket pings answered, three of four application heartbeats not."""
    analyzer = Analyzer(START_NS, START_NS)
    analyzer.add_endpoint(EndpointConfig(name="a", url=SECRET))
    old = State.IDLE
    for new, at in ((State.CONNECTING, 0.5), (State.OPEN, 1), (State.DEGRADED, 100)):
        analyzer.feed([StateChanged(at_ns=at_ns(at), endpoint="a", connection=1, old=old, new=new)])
        old = new
    for second in range(2, 10):
        sample = RttSample(at_ns=at_ns(second), endpoint="a", connection=1, kind="ws", round_trip_ns=NS // 100)
        missed = HeartbeatMissed(
            at_ns=at_ns(second), endpoint="a", connection=1, kind="app", consecutive=second, waited_ns=NS
        )
        analyzer.feed([sample, missed, missed, missed] if second % 2 else [sample])
    return analyzer


def test_no_token_stands_in_a_row_or_its_tooltip(
    monitoring: WholeWindow, analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = analyzer.snapshot(at_ns(120))
    view = structs.replace(snapshot.endpoints[0], url=SECRET, cause=f"dialling {SECRET}")
    painted: list[str] = []
    draw = endpoint_delegate.EndpointDelegate._text

    def note(self: object, painter: object, rect: object, text: str, *rest: object, **more: object) -> None:
        painted.append(text)
        draw(self, painter, rect, text, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(endpoint_delegate.EndpointDelegate, "_text", note)
    monitoring.show_snapshot(replace(snapshot, endpoints=(view, *snapshot.endpoints[1:])))
    monitoring.monitor.table.viewport().grab()
    QApplication.processEvents()

    shown = [*painted, *(endpoint_tooltip(view, column, snapshot.at_ns, snapshot) for column in Column)]
    assert any("room=1" in text for text in painted)
    assert not [text for text in shown if "s3cret" in text]


def test_the_loss_of_a_row_is_that_of_every_heartbeat_as_in_a_focus_period() -> None:
    snapshot = beating().snapshot(at_ns(110))

    (view,) = snapshot.endpoints

    assert view.loss == 12 / 20
    assert Focus(0, 110).numbers(view, snapshot).loss == view.loss


def test_a_degraded_connection_keeps_its_own_age() -> None:
    snapshot = beating().snapshot(at_ns(111))

    assert state_line(snapshot.endpoints[0], snapshot.at_ns) == "9 missed · open 1:50"


def test_a_server_that_fails_is_no_clean_handshake() -> None:
    assert own_part(fin(NS, code=1011)) == ""
    assert own_part(fin(NS, code=1000)) == "clean handshake"


def test_beside_the_pill_stands_what_it_does_not_say_already() -> None:
    snapshot = beating().snapshot(at_ns(111))
    (view,) = snapshot.endpoints
    waiting = structs.replace(view, state=State.BACKOFF, retry_at_ns=snapshot.at_ns + 13_900_000_000)
    refused = OpenFailed(at_ns=0, endpoint=view.name, phase="http", error="forbidden", duration_ns=1, status=403)

    assert short_state(view, snapshot.at_ns) == "9 missed"
    assert short_state(waiting, snapshot.at_ns) == "in 14 s"
    assert short_state(structs.replace(view, state=State.FAILED, last_failure=refused), snapshot.at_ns) == "HTTP 403"


def test_a_row_that_is_gone_to_is_selected_alone_though_ctrl_is_held(monitoring: WholeWindow) -> None:
    QTest.mouseClick(monitoring.window.status, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.keyboardModifiers() is Qt.KeyboardModifier.ControlModifier

    monitoring.monitor.table.select((ENDPOINTS[1].name, 0))

    assert monitoring.monitor.table.selected_keys() == [(ENDPOINTS[1].name, 0)]


def test_what_is_selected_is_read_without_asking_for_every_cell(monitoring: WholeWindow) -> None:
    table = monitoring.monitor.table
    table.selectAll()
    called: list[str] = []
    sys.setprofile(lambda frame, event, _: called.append(frame.f_code.co_name) if event == "call" else None)
    try:
        keys = table.selected_keys()
    finally:
        sys.setprofile(None)

    assert keys == [(config.name, 0) for config in ENDPOINTS]
    assert "selected_keys" in called
    assert "columnCount" not in called
