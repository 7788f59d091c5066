"""What `watch` makes of findings: its lines, its summary, its exit code."""

import pytest
from msgspec.structs import replace

from tests.corpus.history import START_NS, History
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.cli.measuring.text import TextLines
from wsmonitor.cli.watch.outcome import Outcome
from wsmonitor.cli.watch.summary import summary_text
from wsmonitor.diagnosis.findings import FindingChange, PastFinding
from wsmonitor.facts.wall_clock import WallClock


def watched(history: History, end_s: float = 0.0) -> tuple[Outcome, list[FindingChange], str]:
    """The outcome, the changes, and the summary's text, as a run of `watch` has them."""
    analyzer, outcome = Analyzer(START_NS, START_NS), Outcome()
    analyzer.add_endpoint(history.configs[0])
    events = history.finished(end_s)
    analyzer.feed(events)
    (summary,) = analyzer.summary(events[-1].at_ns)
    changes = analyzer.take_finding_changes()
    outcome.feed(events)
    outcome.find(changes)
    return outcome, changes, summary_text(summary)


def policy_refusal() -> History:
    history = History("policy")
    history.line.open()
    history.line.close_code(history.line.opened_s + 30, 1008, "token expired")
    return history


def test_a_finding_is_one_line_with_its_rule_severity_and_confidence() -> None:
    _, changes, _ = watched(policy_refusal())

    lines = [TextLines(WallClock(), ["voice"]).line(change) or b"" for change in changes]

    assert b"finding policy_refusal (problem, 72%): The server refuses this client" in lines[0]


def test_a_pending_finding_is_not_worth_a_line() -> None:
    history = History("pending")
    history.line.open()
    history.line.fail("http", "HTTP 503 Service Unavailable", status=503)

    _, changes, _ = watched(history)

    assert [TextLines(WallClock(), ["voice"]).line(change) for change in changes] == [None]


def test_a_finding_that_says_the_same_again_is_one_line() -> None:
    history = History("again")
    for life_s in (30, 21, 44, 36):
        history.line.open()
        history.line.close_code(history.line.opened_s + life_s, 1008, "token expired")
    _, changes, _ = watched(history)
    text = TextLines(WallClock(), ["voice"])

    lines = [line for change in changes if (line := text.line(change)) is not None]

    assert (len(changes), len(lines)) == (4, 1)


def test_the_summary_says_what_to_try() -> None:
    _, _, text = watched(policy_refusal())

    assert "problem: The server refuses this client" in text
    assert "try: Check token" in text


def test_a_problem_that_stands_reaches_problem() -> None:
    outcome, _, _ = watched(policy_refusal())

    assert outcome.reaches("problem")


def test_a_finding_that_was_withdrawn_does_not() -> None:
    history = History("withdrawn")
    history.line.fail("tcp", "connection refused: nothing listens on that port")
    history.line.open()
    history.line.pings(history.line.opened_s + 100, 20)
    history.line.stay()

    outcome, changes, _ = watched(history, 120)

    assert len(changes) > 1
    assert not outcome.reaches("problem")
    assert outcome.reaches("warning")  # the failed opening itself


@pytest.mark.parametrize("forced", ["tcp_reset", "graceful_close"])
def test_forced_endings_reach_nothing(forced: str) -> None:
    history = History("forced")
    for _ in range(6):
        history.line.open()
        history.line.close(history.line.opened_s + 0.5, by="disruption", initiator="local", forced=forced)

    outcome, changes, _ = watched(history)

    assert changes == []
    assert not outcome.reaches("warning")


def test_the_summary_says_what_became_of_findings_that_stand_no_more() -> None:
    summary = refused()
    past = PastFinding(
        finding=summary.findings[0], how="resolved", at_ns=START_NS, reason="no such end since it pings every 6.5 s."
    )

    text = summary_text(replace(summary, findings=(), past=(past,)))

    assert "resolved: The server refuses this client" in text
    assert "No such end since it pings every 6.5 s." in text


def refused() -> EndpointSummary:
    analyzer, history = Analyzer(START_NS, START_NS), policy_refusal()
    analyzer.add_endpoint(history.configs[0])
    events = history.finished(0)
    analyzer.feed(events)
    (summary,) = analyzer.summary(events[-1].at_ns)
    return summary
