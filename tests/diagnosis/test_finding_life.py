"""A finding never just vanishes: it is resolved or withdrawn, with the reason, and the ends it explained keep it."""

from msgspec.structs import replace

from tests.corpus.history import QUIET, START_NS, History, ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.diagnosis.finding_words import past_words
from wsmonitor.diagnosis.findings import Diagnosed, FindingWithdrawn
from wsmonitor.settings.endpoint_settings import PingConfig


class Watched:
    """A history that is fed as it grows, so that settings can change in between."""

    def __init__(self) -> None:
        self.history = History("life", ping=QUIET)
        self.line = self.history.line
        self.analyzer = Analyzer(START_NS, START_NS)
        self.analyzer.add_endpoint(self.history.configs[0])
        self._fed_ns = 0

    def said(self, at_s: float) -> Diagnosed:
        self.analyzer.feed([event for event in self.history.finished(at_s) if self._fed_ns < event.at_ns <= ns(at_s)])
        self._fed_ns = ns(at_s)
        return self.analyzer.snapshot(ns(at_s)).endpoints[0].said

    def drops(self, *busy: int, after_s: float = 15.0) -> None:
        """Connections that are ended `after_s` after their last message, busy for so many seconds before."""
        for busy_s in busy:
            self.line.open(self.line.now_s + 4)
            for second in range(busy_s):
                self.line.send(self.line.opened_s + second + 1, answer=b"ok")
            self.line.close(self.line.now_s + after_s)

    def beat_every(self, seconds: float) -> None:
        ping = PingConfig(interval_s=seconds)
        self.analyzer.add_endpoint(replace(self.history.configs[0], ping=ping))

    def live(self, seconds: float, every_s: float) -> None:
        self.line.open(self.line.now_s + 4)
        self.line.pings(self.line.opened_s + seconds, every_s)


def rules(said: Diagnosed) -> list[str]:
    return [finding.rule for finding in said.findings if finding.pending is None]


def mended() -> Watched:
    watched = Watched()
    watched.drops(3, 9, 20, 5, 8)
    assert rules(watched.said(watched.line.now_s + 3)) == ["idle_timeout"]
    watched.beat_every(6.5)
    watched.live(420, 6.5)
    return watched


def test_what_helped_is_said_when_the_ends_stop_after_a_change() -> None:
    watched = mended()

    said = watched.said(watched.line.now_s)

    assert rules(said) == []
    (past,) = said.past
    assert (past.finding.rule, past.how) == ("idle_timeout", "resolved")
    assert past.reason == "no such end since it pings every 6.5 s."
    now_ns = (past.newest_ns or 0) + 422_000_000_000
    assert past_words(past, now_ns) == "resolved: no such end since it pings every 6.5 s (for 7 min 02 s)."


def test_a_resolved_finding_does_not_come_back_without_another_such_end() -> None:
    watched = mended()
    resolved = watched.said(watched.line.now_s)

    watched.line.disrupt(watched.line.now_s + 1, "tcp_reset")
    watched.line.close(watched.line.now_s + 1, forced="tcp_reset", by="disruption")
    watched.live(10, 6.5)

    assert rules(watched.said(watched.line.now_s)) == []
    assert watched.said(watched.line.now_s).past == resolved.past


def test_a_resolved_finding_is_stated_again_once_it_happens_again() -> None:
    watched = mended()
    assert watched.said(watched.line.now_s).past
    watched.analyzer.add_endpoint(watched.history.configs[0])
    watched.line.close(watched.line.now_s + 15)

    watched.drops(14, 6, 11, 17)
    said = watched.said(watched.line.now_s + 3)

    assert rules(said) == ["idle_timeout"]
    assert said.past == ()


def test_ends_keep_the_finding_that_explains_them_after_it_is_resolved() -> None:
    watched = mended()
    ends = [(closure.slot, closure.at_ns) for closure in watched.analyzer.snapshot(ns(watched.line.now_s)).closures]

    said = watched.said(watched.line.now_s)

    assert len(ends) == 5
    assert {said.explained.get(end) for end in ends} == {"idle_timeout"}


def test_a_limit_that_a_connection_outlived_is_withdrawn_with_the_reason_and_explains_nothing() -> None:
    watched = Watched()
    watched.drops(3, 9, 20)
    assert rules(watched.said(watched.line.now_s + 3)) == ["idle_timeout"]

    watched.line.open(watched.line.now_s + 4)
    watched.line.stay()
    watched.line.send(watched.line.opened_s + 90, answer=b"after a long silence")
    said = watched.said(watched.line.now_s + 5)

    assert "idle_timeout" not in rules(said)
    past = next(past for past in said.past if past.finding.rule == "idle_timeout")
    assert past.how == "withdrawn"
    assert past.reason.endswith(".")
    assert "idle_timeout" not in said.explained.values()


def test_the_change_that_is_told_says_how_and_why() -> None:
    watched = mended()
    watched.said(watched.line.now_s)

    changes = [one for one in watched.analyzer.take_finding_changes() if isinstance(one, FindingWithdrawn)]

    told = next(one for one in changes if one.how == "resolved")
    assert (told.rule, told.reason) == ("idle_timeout", "no such end since it pings every 6.5 s.")


def test_nothing_changed_is_the_same_object() -> None:
    watched = mended()
    said = watched.said(watched.line.now_s)

    assert watched.analyzer.snapshot(ns(watched.line.now_s)).endpoints[0].said is said


def test_a_finding_whose_ends_another_one_explains_is_withdrawn_for_that() -> None:
    watched = Watched()
    line = watched.line
    line.open(line.now_s + 1)
    line.close_code(line.now_s + 6, 4001, "token expired")
    assert rules(watched.said(line.now_s + 1)) == ["policy_refusal"]

    for _ in range(3):
        line.open(line.now_s + 1)
        line.close_code(line.now_s + 6, 4001, "token expired")
    said = watched.said(line.now_s + 1)

    assert rules(said) == ["lifetime_limit"]
    assert [(past.finding.rule, past.reason) for past in said.past] == [
        ("policy_refusal", "another finding explains the same ends better.")
    ]


def test_what_an_open_connection_did_for_a_while_has_passed_and_was_true() -> None:
    watched = Watched()
    line = watched.line
    line.open(1)
    line.pings(line.opened_s + 59, 20)
    for number in range(2):
        line.lost_ping(line.opened_s + 60 + 20 * number, consecutive=number + 1)
    line.kernel_until(line.opened_s + 1, line.opened_s + 100)
    line.stay()
    assert rules(watched.said(100)) == ["peer_stuck"]

    line.pings(180, 20, since_s=line.opened_s + 101)
    line.stay()
    said = watched.said(180)

    assert rules(said) == []
    (past,) = said.past
    assert (past.finding.rule, past.how, past.reason) == ("peer_stuck", "resolved", "not seen any more.")
    assert past_words(past, past.at_ns + 61_000_000_000) == "resolved: not seen any more (for 61.0 s)."


def test_a_cause_that_was_only_learnt_and_stops_fitting_leaves_its_reason() -> None:
    watched = Watched()
    for life_s in (3, 3):
        watched.line.open(watched.line.now_s + 4)
        watched.line.close(watched.line.now_s + life_s)
    learnt = watched.said(watched.line.now_s + 1)
    assert "lifetime_limit" in [one.rule for one in learnt.findings if one.pending is not None]

    watched.line.open(watched.line.now_s + 4)
    watched.line.close(watched.line.now_s + 40)
    said = watched.said(watched.line.now_s + 1)

    past = next(one for one in said.past if one.finding.rule == "lifetime_limit")
    assert past_words(past, past.at_ns) == "no longer fits: lives of 3.0 s, 3.0 s and 40.0 s."
