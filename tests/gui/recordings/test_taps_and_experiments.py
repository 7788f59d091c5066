"""What was asked of servers, and who came to a tap, is in a recording as it was live."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.gui.experiments.story import ENDED, STARTED, answered
from tests.gui.recordings.test_recordings import Script, opened, script, session  # noqa: F401  # fixtures
from tests.gui.scorecard.test_scorecard import RESET, SILENCE, result, step
from tests.gui.story import ENDPOINTS, START_NS, WALL_NS
from tests.gui.tap.story import SHOP, URL, came, fault, listening
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import WHOLE
from wsmonitor.gui.recordings.replay_session import ReplaySession
from wsmonitor.gui.start.session import Session
from wsmonitor.gui.window.tabs import Tab
from wsmonitor.probe import channel
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

    replayed = ReplaySession(path)
    replayed.load(lambda _progress: None)
    shown, expected = replayed.analyzer.snapshot(replayed.end_ns), live.snapshot(replayed.end_ns)
    replayed.close()

    assert shown.experiments == expected.experiments
    assert len(shown.experiments[0].lines) == 3
    [tap] = [view for view in shown.endpoints if view.name == "shop"]
    assert (tap.tap, tap.client) == (expected.endpoints[0].tap, expected.endpoints[0].client)
    assert tap.tap is not None
    assert (tap.tap.url, [one.kind for one in tap.tap.faults]) == (URL, ["latency"])


def test_the_scorecard_of_a_recording_is_read_and_nothing_is_done_to_a_tap_that_is_live(
    qtbot: QtBot,
    session: Session,  # noqa: F811  # pytest's way
    script: Script,  # noqa: F811  # pytest's way
    tmp_path: Path,
) -> None:
    path = tmp_path / "tested.wsmon"
    events = (listening(), *came(0, "node", 8121), fault("latency", "100ms"), step("fault", "reset"))
    save(path, Excerpt(START_NS, WALL_NS, (SHOP,), (*events, result(RESET, SILENCE))))
    session.controller.add([SHOP])
    script.commands.clear()

    opened(qtbot, session, path)
    monitor = session.whole.monitor
    monitor.table.select(("shop", WHOLE))
    monitor.tabs.bar.setCurrentIndex(Tab.SCORECARD)
    session.bridge.tick()
    tab = monitor.tabs.scorecard
    [latency] = monitor.faults.rows
    latency.switch.click()
    monitor.faults.off.click()
    monitor.tap.test.click()

    assert [(row.fault.text(), row.mark.text()) for row in tab.rows] == [("tcp reset", "✓ ok"), ("dead path", "✗ bad")]
    assert not tab.stop.isVisible()
    assert not session.whole.audits.question.isVisible()
    assert not [one for one in script.commands if isinstance(one, channel.Disrupt | channel.StartExperiment)]
