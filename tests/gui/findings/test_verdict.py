"""The verdict bar: what one line keeps where there is no room for all of it, and that it never moves anything."""

from dataclasses import replace

import pytest
from msgspec import structs
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import FakeProbe
from tests.gui.findings.test_findings import VOICE, diagnosed, finding
from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.headline import Headline
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.diagnosis.findings import Diagnosed, Finding, PastFinding, Pending
from wsmonitor.experiments.registry import EXPERIMENTS as REGISTERED
from wsmonitor.gui.findings.verdict_line import EXPERIMENTS, ExperimentCommand, experiment_command, fitted
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.window.tabs import Tab
from wsmonitor.probe import channel

FAILING = Headline(
    "failing",
    "Open for 12 s",
    "lost every 20.0 s, 103 times",
    "peer or proxy: FIN without a Close frame",
    "Connections end after 15.0 s without a byte from either side, whatever was sent before",
    finding(31),
)


def within(said: Headline, length: int) -> str:
    return fitted(said, lambda text: len(text) <= length)


def test_a_line_that_fits_is_whole() -> None:
    assert within(FAILING, 1_000) == FAILING.text


def test_while_no_cause_is_known_who_and_how_stay_and_the_state_yields() -> None:
    learning = Headline(
        "learning", "Waiting to dial again, attempt 7", "lost 7 times", "peer: Close 1011 out of memory", "no cause yet"
    )

    assert within(learning, 75) == "lost 7 times · peer: Close 1011 out of memory · no cause yet"
    assert within(learning, 50) == "peer: Close 1011 out of memory · no cause yet"


def test_the_cause_is_cut_first_and_the_confidence_stays() -> None:
    assert within(FAILING, 140) == (
        "Open for 12 s · lost every 20.0 s, 103 times · peer or proxy: FIN without a Close frame · "
        "Connections end after 15.0 s without a… · 80% sure"
    )


def test_the_way_of_ending_goes_next_then_the_rhythm() -> None:
    assert within(FAILING, 90) == (
        "Open for 12 s · lost every 20.0 s, 103 times · Connections end after 15.0 s wi… · 80% sure"
    )
    assert within(FAILING, 60) == "Open for 12 s · Connections end after 15.0 s wit… · 80% sure"


def test_why_it_waits_goes_before_the_cause_and_its_confidence() -> None:
    why = "Waits its turn: 30 redials a minute to host:80 used up, 27 by “broken”"
    waits = structs.replace(FAILING, state=why)

    assert within(waits, 115).startswith(f"{why} · Connections end after ")
    assert within(waits, 115).endswith("… · 80% sure")
    assert within(waits, 60) == "Waits its turn · Connections end after 15.0 s wi… · 80% sure"


@pytest.mark.parametrize("length", range(1, 200, 7))
def test_no_line_is_longer_than_its_room(length: int) -> None:
    assert len(within(FAILING, length)) <= length


def test_a_mended_line_keeps_what_helped() -> None:
    said = Headline(
        "mended", "Open for 7 min", because="Connections end after 15.0 s (resolved: none since pings every 6.5 s)"
    )

    assert within(said, 64).endswith("none since pings every 6.5 s)")


def test_the_experiment_of_a_finding_is_a_command_without_secrets() -> None:
    command = experiment_command(finding(31), "ws://localhost:8000/feed?token=s3cret&a=1")

    assert command == ExperimentCommand(
        "idle", "wsmonitor experiment idle 'ws://localhost:8000/feed?token=***&a=1'", is_redacted=True
    )
    assert experiment_command(None, "ws://localhost") is None
    assert experiment_command(finding(31, rule="certificate"), "ws://localhost") is None


def test_every_experiment_that_is_named_can_be_run() -> None:
    assert set(EXPERIMENTS.values()) <= {experiment.name for experiment in REGISTERED}


@pytest.fixture
def snapshot(monitoring: WholeWindow, analyzer: Analyzer) -> Snapshot:
    """Two minutes into the story; the voice backend is selected."""
    monitoring.monitor.table.select((VOICE, 0))
    return analyzer.snapshot(at_ns(120))


def test_the_bar_has_one_height_and_place_whatever_it_says(monitoring: WholeWindow, snapshot: Snapshot) -> None:
    bar, plots = monitoring.monitor.verdict, monitoring.monitor.plots
    learning = finding(95, pending=Pending(have=1, need=3), sentence="Not enough evidence yet: 1 of 3.")
    levels, places = [], set[object]()
    for said in ((), (learning,), (finding(95, 62, 31),)):
        monitoring.show_snapshot(diagnosed(snapshot, *said))
        QApplication.processEvents()
        assert bar.said is not None
        places.add((bar.geometry().getRect(), bar.test.geometry().getRect(), plots.y()))
        levels.append(bar.said.level)

    assert levels == ["learning", "learning", "failing"]
    assert len(places) == 1
    assert bar.height() == 28


def test_a_resolved_finding_is_told_in_its_own_colour(monitoring: WholeWindow, snapshot: Snapshot) -> None:
    past = PastFinding(
        finding=finding(95),
        how="resolved",
        at_ns=at_ns(118),
        reason="no such end since it pings.",
        newest_ns=at_ns(119),
    )
    views = tuple(structs.replace(view, said=Diagnosed((), (past,))) for view in snapshot.endpoints)
    monitoring.show_snapshot(replace(snapshot, endpoints=views))

    said = monitoring.monitor.verdict.said

    assert said is not None
    assert said.level == "mended"
    assert monitoring.monitor.verdict.accessibleDescription().startswith("Mended: ")


def test_the_whole_line_is_in_the_tooltip_as_plain_text(monitoring: WholeWindow, snapshot: Snapshot) -> None:
    hostile: Finding = finding(95, 62, 31, sentence="<b>Connections</b> end.")
    monitoring.show_snapshot(diagnosed(snapshot, hostile))

    assert "&lt;b&gt;Connections&lt;/b&gt; end" in monitoring.monitor.verdict.toolTip()


def test_the_experiment_of_what_is_monitored_is_started(
    monitoring: WholeWindow, snapshot: Snapshot, probe: FakeProbe
) -> None:
    monitoring.show_snapshot(diagnosed(snapshot, finding(95, 62, 31)))

    monitoring.monitor.verdict.test.click()
    monitoring.monitor.findings.cards[0].examine.click()

    started = [one for one in probe.commands if isinstance(one, channel.StartExperiment)]
    assert [(one.config.name, one.name) for one in started] == [("voice backend", "idle")] * 2
    assert monitoring.monitor.tabs.bar.currentIndex() == Tab.EXPERIMENTS


def test_a_finding_that_was_measured_says_so_and_offers_no_experiment(
    monitoring: WholeWindow, snapshot: Snapshot
) -> None:
    monitoring.show_snapshot(diagnosed(snapshot, finding(95, 62, 31, basis="measured")))

    card = monitoring.monitor.findings.cards[0]

    assert card.confidence.text() == "measured · 80%"
    assert not card.examine.isVisible()
    assert not monitoring.monitor.verdict.test.isEnabled()


def test_of_a_recording_the_command_goes_to_the_clipboard(
    window: WholeWindow, snapshot: Snapshot, probe: FakeProbe
) -> None:
    window.window.pages.show_recording(shown=True)
    window.show_snapshot(diagnosed(snapshot, finding(95, 62, 31)))

    window.monitor.verdict.test.click()

    assert QGuiApplication.clipboard().text() == "wsmonitor experiment idle ws://localhost:8000/ws/voice"
    assert probe.commands == []


def test_the_verdict_is_copied_with_its_evidence(monitoring: WholeWindow, snapshot: Snapshot) -> None:
    monitoring.show_snapshot(diagnosed(snapshot, finding(95, 62, 31)))
    bar = monitoring.monitor.verdict

    bar.copy.click()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("**voice backend**: Open for ")
    assert "### Connections end after 60 s without a byte." in text


def test_without_an_experiment_the_button_is_off_and_stays_where_it_is(
    monitoring: WholeWindow, snapshot: Snapshot
) -> None:
    monitoring.show_snapshot(diagnosed(snapshot, finding(95, rule="certificate")))

    assert monitoring.monitor.verdict.test.isVisible()
    assert not monitoring.monitor.verdict.test.isEnabled()
