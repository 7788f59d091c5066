"""An excerpt of a session says no less than the session did: counts go on, and what was found is kept."""

from tests.corpus.history import QUIET, START_NS, History, ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.earlier import known_earlier
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.facts.events import AnyEvent


def folded(history: History, events: list[AnyEvent], end_s: float) -> Snapshot:
    analyzer = Analyzer(START_NS, START_NS)
    analyzer.add_endpoint(history.configs[0])
    analyzer.feed(events)
    return analyzer.snapshot(ns(end_s))


def session() -> tuple[History, float]:
    """Five ends after 15 s of silence, then one reset at once."""
    line = History("earlier", ping=QUIET).line
    for busy_s in (3, 9, 20, 5, 8):
        line.open(line.now_s + 1)
        for second in range(busy_s):
            line.send(line.opened_s + second + 1, answer=b"ok")
        line.close(line.now_s + 15)
    begins_s = line.now_s + 5
    line.open(begins_s + 1)
    line.close(line.opened_s + 2)
    return line.history, begins_s


def test_a_late_recording_keeps_the_numbers_and_the_findings_of_the_session() -> None:
    history, begins_s = session()
    end_s = history.line.now_s + 3
    events = history.finished(end_s)
    late = [event for event in events if event.at_ns >= ns(begins_s)]
    whole = folded(history, events, end_s)
    assert [finding.rule for finding in whole.endpoints[0].findings] == ["idle_timeout"]

    part = folded(history, [*known_earlier(whole, late, ns(begins_s)), *late], end_s)

    assert [closure.number for closure in part.closures] == [6]
    (past,) = part.endpoints[0].said.past
    assert (past.how, past.finding.rule) == ("earlier", "idle_timeout")
    assert past.finding.sentence == whole.endpoints[0].findings[0].sentence
    assert past.finding.confidence.value == whole.endpoints[0].findings[0].confidence.value


def test_what_is_found_again_is_not_told_twice() -> None:
    history, _ = session()
    end_s = history.line.now_s + 3
    events = history.finished(end_s)
    whole = folded(history, events, end_s)

    again = folded(history, [*known_earlier(whole, events, START_NS), *events], end_s)

    assert [closure.number for closure in again.closures] == [1, 2, 3, 4, 5, 6]
    assert [finding.rule for finding in again.endpoints[0].findings] == ["idle_timeout"]
    assert again.endpoints[0].said.past == ()


def test_a_cause_that_was_only_learnt_and_stopped_fitting_is_known_as_that() -> None:
    line = History("earlier", ping=QUIET).line
    for life_s in (30, 30, 80):
        line.open(line.now_s + 1)
        line.close(line.now_s + life_s)
    end_s = line.now_s + 3
    events = line.history.finished(end_s)
    whole = folded(line.history, events, end_s)
    learnt = [past for past in whole.endpoints[0].said.past if past.is_learnt]
    assert "lifetime_limit" in [past.finding.rule for past in learnt]

    part = folded(line.history, [*known_earlier(whole, [], START_NS)], end_s)

    again = part.endpoints[0].said.past
    assert [(past.finding.rule, past.reason, past.is_learnt) for past in again] == [
        (past.finding.rule, past.reason, True) for past in learnt
    ]
