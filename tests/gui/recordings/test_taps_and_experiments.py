"""What was asked of servers, and who came to a tap, is in a recording as it was live."""

from pathlib import Path

from tests.gui.experiments.story import ENDED, STARTED, answered
from tests.gui.story import ENDPOINTS, START_NS, WALL_NS
from tests.gui.tap.story import SHOP, URL, came, fault, listening
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.gui.recordings.replay_session import ReplaySession
from wsmonitor.recording import save
from wsmonitor.recording.flight.excerpt import Excerpt

EVENTS = (listening(), *came(0, "node", 8121), fault("latency", "100ms"), *STARTED, *ENDED, answered())


def test_a_recording_shows_the_experiment_and_the_tap_as_they_were(tmp_path: Path) -> None:
    endpoints = (SHOP, ENDPOINTS[0])
    live = Analyzer(START_NS, WALL_NS)
    for config in endpoints:
        live.add_endpoint(config)
    live.feed(EVENTS)
    path = tmp_path / "asked.wsmon"
    save(path, Excerpt(START_NS, WALL_NS, endpoints, EVENTS))

    session = ReplaySession(path)
    session.load(lambda _progress: None)
    shown, expected = session.analyzer.snapshot(session.end_ns), live.snapshot(session.end_ns)
    session.close()

    assert shown.experiments == expected.experiments
    assert len(shown.experiments[0].lines) == 3
    [tap] = [view for view in shown.endpoints if view.name == "shop"]
    assert (tap.tap, tap.client) == (expected.endpoints[0].tap, expected.endpoints[0].client)
    assert tap.tap is not None
    assert (tap.tap.url, [one.kind for one in tap.tap.faults]) == (URL, ["latency"])
