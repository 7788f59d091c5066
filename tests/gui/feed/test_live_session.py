"""What is seen live reaches the recording and the analysis, also when the analysis stumbles."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.analysis.facts import analyzer, closed, message, ns, opened, rtt
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import AnyEvent, RttSample
from wsmonitor.gui.feed.bridge import Bridge
from wsmonitor.gui.feed.live_session import LiveSession
from wsmonitor.recording import Replay

EVENTS: list[AnyEvent] = [opened(1), message(2), rtt(3, 5), rtt(4, 5), closed(5)]


class Script:
    """Hands out events once, as the probe's client does."""

    def __init__(self, *batches: list[AnyEvent]) -> None:
        self.batches = list(batches)

    def take(self) -> list[AnyEvent]:
        return self.batches.pop(0) if self.batches else []


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Analyzer:
    """An analyzer that stumbles over every round trip."""
    made = analyzer()
    sample = made._sample

    def stumble(event: AnyEvent, at_s: float) -> None:
        if isinstance(event, RttSample):
            raise ZeroDivisionError("a bug")
        sample(event, at_s)  # type: ignore[arg-type]  # what the analyzer passes on

    monkeypatch.setattr(made, "_sample", stumble)
    return made


def bridge_of(session: LiveSession, script: Script, qapp: QApplication) -> Bridge:
    return Bridge(script, session, qapp, is_watched=lambda: True)


@pytest.mark.expects_log("wsmonitor.gui.feed.live_session")
def test_an_event_that_cannot_be_folded_is_skipped_counted_and_told_once(broken: Analyzer, qapp: QApplication) -> None:
    said: list[str] = []
    session = LiveSession(broken, say=said.append)
    bridge = bridge_of(session, Script(EVENTS, [opened(6, connection=2)]), qapp)

    bridge.tick()
    bridge.tick()

    seen = session.snapshot(ns(7))
    assert len(seen.closures) == 1
    assert seen.endpoints[0].connection == 2
    assert seen.health.skipped == 2
    assert len(said) == 1
    assert "ZeroDivisionError" in said[0]
    assert not bridge.is_behind
    bridge.deleteLater()


def test_a_fold_that_raises_is_not_given_the_same_events_again(qapp: QApplication) -> None:
    class Stumbling(LiveSession):
        def feed(self, events: list[AnyEvent]) -> None:
            fed.append(len(events))
            if len(fed) == 1:
                raise ZeroDivisionError("a bug")

    fed: list[int] = []
    bridge = bridge_of(Stumbling(analyzer(), say=fed.clear), Script([message(at_s) for at_s in range(600)]), qapp)  # type: ignore[arg-type]

    with pytest.raises(ZeroDivisionError):
        bridge.tick()
    assert bridge.is_behind
    bridge.tick()

    assert fed == [250, 250, 100]
    bridge.deleteLater()


@pytest.mark.expects_log("wsmonitor.gui.feed.live_session")
def test_what_the_analysis_cannot_take_is_recorded_all_the_same(broken: Analyzer, tmp_path: Path) -> None:
    session = LiveSession(broken, say=lambda _: None)
    recorder = session.start_recording(tmp_path / "run.wsmon", overwrite=False, on_error=pytest.fail)

    session.feed(EVENTS)
    recorder.close()

    with Replay(tmp_path / "run.wsmon") as replay:
        assert [event for batch in replay.batches() for event in batch] == EVENTS


def test_what_is_recorded_is_written_before_it_is_analysed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    made = analyzer()
    session = LiveSession(made, say=pytest.fail)
    recorder = session.start_recording(tmp_path / "run.wsmon", overwrite=False, on_error=pytest.fail)
    monkeypatch.setattr(recorder, "write", lambda _events: order.append("recorded"))
    monkeypatch.setattr(made, "feed", lambda _events: order.append("analysed"))

    session.feed(EVENTS)
    recorder.close()

    assert order == ["recorded", "analysed"]
