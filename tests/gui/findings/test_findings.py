"""Findings in the window: built ones go in, words and commands come out."""

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import FakeProbe, show
from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.diagnosis.advice import heartbeat_advice
from wsmonitor.diagnosis.finding_words import cause
from wsmonitor.diagnosis.findings import Confidence, Considered, Diagnosed, EvidenceRow, Finding, Pending
from wsmonitor.gui.findings.explained import Explained
from wsmonitor.gui.findings.finding_text import markdown, nothing_found, whole_title
from wsmonitor.gui.look.moments import Moments
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig, PingConfig

VOICE = "voice backend"


def finding(*times_s: float, **changes: object) -> Finding:
    """An idle timeout of 60 s with evidence at these times of the story, newest first."""
    rows = tuple(EvidenceRow(text="FIN after 60 s", at_ns=at_ns(at), connection=1) for at in times_s)
    found = Finding(
        rule="idle_timeout",
        endpoint=VOICE,
        severity="problem",
        confidence=Confidence(support=0.8),
        sentence="Connections end after 60 s without a byte.",
        evidence=rows,
        counter_evidence=(),
        fix="Send a heartbeat at least every 30 s.",
        since_ns=rows[-1].at_ns,
        limit_ns=60 * NS,
    )
    return replace(found, **changes)


def diagnosed(snapshot: Snapshot, *findings: Finding) -> Snapshot:
    """The snapshot as if the rules had said this of the voice backend."""
    from dataclasses import replace as changed

    slow = EndpointConfig(name=VOICE, url="ws://localhost", ping=PingConfig(interval_s=50))
    explained = {(row.slot, row.at_ns): one.rule for one in findings for row in one.evidence}
    views = (
        replace(view, said=Diagnosed(findings, explained=explained), advice=heartbeat_advice(slow, findings))
        if view.name == VOICE
        else replace(view, said=Diagnosed())
        for view in snapshot.endpoints
    )
    return changed(snapshot, endpoints=tuple(views))


@pytest.fixture
def snapshot(monitoring: WholeWindow, analyzer: Analyzer) -> Snapshot:
    """Two minutes into the story, without a word from the rules."""
    monitoring.monitor.table.select((VOICE, 0))
    return diagnosed(analyzer.snapshot(at_ns(120)))


def show_findings(window: WholeWindow, snapshot: Snapshot, *findings: Finding) -> None:
    window.show_snapshot(diagnosed(snapshot, *findings))
    QApplication.processEvents()


def test_a_finding_says_how_bad_how_sure_what_for_and_against_and_what_to_try(
    monitoring: WholeWindow, snapshot: Snapshot
) -> None:
    against = (EvidenceRow(text="one lived 90 s", at_ns=at_ns(50), connection=2),)
    show_findings(monitoring, snapshot, finding(95, 62, 31, 10, counter_evidence=against))

    (card,) = monitoring.monitor.findings.cards
    assert (card.severity.text(), card.confidence.text()) == ("problem", "80%")
    assert card.sentence.text() == "Connections end after 60 s without a byte."
    assert len(card.rows) == 4  # three, and the one against it
    assert card.rows[-1].endswith("one lived 90 s")
    assert "support 0.80" in card.confidence.toolTip()
    card.more.click()
    assert len(card.rows) == 5


def test_causes_that_look_alike_are_shown_and_those_ruled_out_on_demand(
    monitoring: WholeWindow, snapshot: Snapshot
) -> None:
    others = (
        Considered(rule="lifetime_limit", ruled_out=False, because="the lives are as long", experiment="idle"),
        Considered(rule="count_limit", ruled_out=True, because="no message came before"),
    )
    show_findings(monitoring, snapshot, finding(95, also_considered=others))

    (card,) = monitoring.monitor.findings.cards
    left = "Also considered: lifetime limit; not ruled out: the lives are as long; to tell: Examine, idle"
    assert card.considered.text() == left
    card.more.click()
    ruled_out = "Also considered: limit on the number of messages; ruled out: no message came before"
    assert card.considered.text() == f"{left}\n{ruled_out}"


def test_no_finding_says_so_with_numbers_and_promises_nothing_where_there_were_drops(snapshot: Snapshot) -> None:
    voice = [view for view in snapshot.endpoints if view.name == VOICE]

    assert nothing_found(voice, ()) == "No findings: 4 connections, 3 closures, nothing suspicious."
    assert nothing_found(voice, snapshot.closures) == "No pattern found yet: 4 connections, 3 closures."


def test_what_lacks_samples_is_a_card_without_buttons(monitoring: WholeWindow, snapshot: Snapshot) -> None:
    waiting = finding(95, pending=Pending(have=1, need=3), sentence="Not enough evidence yet: 1 of 3.")
    show_findings(monitoring, snapshot, waiting)

    panel = monitoring.monitor.findings
    (learnt,) = panel.learning
    assert (learnt.pill.text(), learnt.when.text()) == ("learning", "1 of 3")
    assert learnt.sentence.text() == "Not enough evidence yet: 1 of 3."
    assert not any(card.isVisible() for card in panel.cards)


def test_an_evidence_row_moves_the_plots_to_its_moment(monitoring: WholeWindow, snapshot: Snapshot) -> None:
    show_findings(monitoring, snapshot, finding(62, 31))
    (card,) = monitoring.monitor.findings.cards

    card.row_pressed.emit(finding(62, 31).evidence[1])

    span = monitoring.monitor.plots.span
    assert abs((span.start_s + span.end_s) / 2 - 31) < 1


def test_show_on_plot_shows_all_the_evidence(monitoring: WholeWindow, snapshot: Snapshot) -> None:
    show_findings(monitoring, snapshot, finding(95, 31))

    monitoring.monitor.findings.cards[0].plot.click()

    span = monitoring.monitor.plots.span
    assert span.start_s < 31
    assert span.end_s > 95
    assert not monitoring.monitor.plots.is_live


def test_the_report_is_markdown_on_the_clipboard_without_secrets(monitoring: WholeWindow, snapshot: Snapshot) -> None:
    show_findings(monitoring, snapshot, finding(95, 31))

    monitoring.monitor.findings.cards[0].report.click()

    report = QGuiApplication.clipboard().text()
    assert report.startswith("### Connections end after 60 s without a byte.")
    assert "confidence 80%" in report
    assert "against it: nothing" in report


def test_a_hostile_sentence_stays_text(snapshot: Snapshot) -> None:
    view = snapshot.endpoints[0]

    report = markdown(finding(31, sentence="<b>x</b> [y](z)"), view, snapshot, Moments())

    assert "\\<b\\>" in report


def test_one_click_beats_within_the_limit_and_undo_takes_it_back(
    monitoring: WholeWindow, snapshot: Snapshot, probe: FakeProbe
) -> None:
    controller = monitoring.controller
    slow = replace(controller.configs[0], ping=PingConfig(interval_s=50))
    controller.change(slow, "slower")
    show_findings(monitoring, snapshot, finding(95, 31))
    button = monitoring.monitor.findings.cards[0].advice
    assert button.text() == "Beat every 25 s"
    probe.commands.clear()

    button.click()

    assert [type(command) for command in probe.commands] == [channel.AddEndpoint, channel.ConnectEndpoint]
    assert controller.configs[0].ping.interval_s == 25
    monitoring.window.actions_table["undo_remove"].trigger()
    assert controller.configs[0] == slow


def test_a_closure_names_the_finding_that_explains_it(snapshot: Snapshot) -> None:
    first, second = (closure for closure in snapshot.closures if closure.endpoint == VOICE and closure.number < 3)
    explained = Explained()

    explained.look(diagnosed(snapshot, finding(31, evidence=(EvidenceRow(text="", at_ns=first.at_ns, connection=1),))))

    assert [explained.title(first), explained.title(second)] == ["idle timeout 60 s", ""]


def test_a_rule_that_is_not_registered_is_named_by_its_id() -> None:
    assert cause(finding(31, rule="count_of_things", limit_ns=None)) == "count of things"


def test_the_cause_is_shown_in_the_table_of_closures(
    monitoring: WholeWindow, snapshot: Snapshot, analyzer: Analyzer
) -> None:
    closures = monitoring.monitor.tabs.closures.model
    newest = closures.closure(0)
    assert newest is not None
    row = EvidenceRow(text="", at_ns=newest.at_ns, connection=1)

    show_findings(monitoring, snapshot, finding(31, evidence=(row,)))

    assert closures.cell(0, closures.columnCount() - 1) == "idle timeout 60 s"
    show(monitoring, analyzer, 121)


def test_a_card_says_who_ended_what_it_explains_and_how(monitoring: WholeWindow, snapshot: Snapshot) -> None:
    ends = [one for one in snapshot.closures if one.endpoint == VOICE]
    same = finding(*[(one.at_ns - at_ns(0)) / NS for one in ends[:2]])
    mixed = finding(*[(one.at_ns - at_ns(0)) / NS for one in ends])

    show_findings(monitoring, snapshot, same)
    first = monitoring.monitor.findings.cards[0].life.text()
    show_findings(monitoring, snapshot, mixed)

    assert first.startswith("peer or proxy: FIN without a Close frame, each time\nsince ")
    assert monitoring.monitor.findings.cards[0].life.text().startswith("since "), "they ended in two ways"


def test_while_nothing_is_found_the_code_and_reason_of_the_last_loss_stand_first(
    monitoring: WholeWindow, snapshot: Snapshot
) -> None:
    show_findings(monitoring, snapshot)
    silent = monitoring.monitor.findings.quiet.text()
    show_findings(monitoring, snapshot, finding(95, pending=Pending(have=2, need=3), severity="info"))
    learning = monitoring.monitor.findings.quiet.text()
    show_findings(monitoring, snapshot, finding(95))

    assert silent.splitlines()[0] == "Lost last: peer: Close 1012 service restart, after 30.5 s"
    assert silent.splitlines()[1].startswith("No pattern found yet")
    assert learning == silent.splitlines()[0]
    assert not monitoring.monitor.findings.quiet.isVisible(), "a cause is named"


def test_a_title_names_the_other_cause_that_is_not_ruled_out() -> None:
    rival = Considered(rule="lifetime_limit", ruled_out=False, because="the ages agree as well")

    assert whole_title(finding(95, also_considered=(rival,))) == "idle timeout 60 s, or lifetime limit"
    assert whole_title(finding(95, also_considered=(replace(rival, ruled_out=True),))) == "idle timeout 60 s"
    assert cause(finding(95, also_considered=(rival,))) == "idle timeout 60 s", "what a filter asks for"
