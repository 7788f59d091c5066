"""Alert rules against facts: raised once, over after calm, silent where nothing is known."""

from collections.abc import Iterable, Sequence

import pytest
from msgspec.structs import replace

from tests.analysis.facts import NAME, closed, lagged, missed, ns, open_failed, opened, probe_lost, rtt, state
from wsmonitor.analysis.alerts.judge import AlertJudge, unknown_findings
from wsmonitor.diagnosis.findings import Confidence, Finding, FindingStated, FindingWithdrawn, Pending, Severity
from wsmonitor.diagnosis.rules import RULES
from wsmonitor.facts.events import AlertChanged, AnyEvent, LoopLag, State
from wsmonitor.settings.conditions.alert_rule import AlertRule


def rule(when: str, *, endpoints: tuple[str, ...] = (), name: str = "bad") -> AlertRule:
    return AlertRule(name=name, when=when, endpoints=endpoints)


def seconds(first: int, last: int) -> list[LoopLag]:
    """The probe says once a second that it is there."""
    return [lagged(at_s, 0) for at_s in range(first, last + 1)]


def judged(when: str, *events: AnyEvent, upto: int = 0) -> list[tuple[float, bool]]:
    """When an alert was raised and when over, in seconds, with the probe's pulse up to `upto`."""
    judge = AlertJudge([rule(when)])
    return [_point(one) for one in judge.take(sorted([*events, *seconds(0, upto)], key=lambda event: event.at_ns))]


def _point(change: AlertChanged) -> tuple[float, bool]:
    return round((change.at_ns - ns(0)) / 1e9, 1), change.raised


def test_so_many_losses_within_the_time_raise_once() -> None:
    drops = [closed(at_s) for at_s in (10, 200, 299, 305)]

    assert judged("drops>=3 in 5m", *drops) == [(299, True)]


def test_losses_further_apart_than_the_time_raise_nothing() -> None:
    assert judged("drops>=3 in 5m", closed(10), closed(200), closed(311), upto=320) == []


def test_an_alert_is_over_once_it_has_been_calm_and_can_be_raised_again() -> None:
    drops = [closed(at_s) for at_s in (1, 2, 40, 41)]

    # the second drop leaves the time at 12: from then on it has to be calm for ten seconds
    assert judged("drops>=2 in 10s", *drops, upto=60) == [(2, True), (22, False), (41, True)]


def test_what_comes_and_goes_around_its_limit_is_one_alert() -> None:
    drops = [closed(at_s) for at_s in range(0, 100, 7)]

    assert judged("drops>=1 in 5s", *drops, upto=98) == [(0, True)]


def test_ends_that_were_asked_for_are_no_drops() -> None:
    ends: list[AnyEvent] = [
        closed(1, forced="tcp_reset", by="disruption"),
        closed(2, by="stop"),
        closed(3, mechanism="close_frame", received_code=1000),
    ]

    assert judged("drops>=1 in 1m", *ends) == []


def test_failed_openings_are_counted_by_themselves() -> None:
    assert judged("failures>=2 in 1m", closed(1), open_failed(2), open_failed(3)) == [(3, True)]


@pytest.mark.parametrize(
    ("when", "slow", "is_raised"),
    [
        ("p99>200ms in 1m", 1, False),
        ("p99>200ms in 1m", 2, True),
        ("p50>200ms in 1m", 50, False),
        ("p50>200ms in 1m", 51, True),
        ("max>200ms in 1m", 0, False),
        ("max>200ms in 1m", 1, True),
        ("app p99>200ms in 1m", 60, False),
    ],
)
def test_a_percentile_is_that_of_the_nearest_rank(when: str, slow: int, is_raised: bool) -> None:
    quick = [rtt(number / 10, 200) for number in range(100 - slow)]
    long = [rtt(20 + number / 10, 201) for number in range(slow)]

    assert bool(judged(when, *quick, *long)) is is_raised


def test_round_trips_of_the_kernel_are_no_round_trips() -> None:
    assert judged("p50>200ms in 1m", *(rtt(at_s, 900, kind="tcp") for at_s in range(5))) == []


def test_each_kind_of_heartbeat_has_its_own_percentile() -> None:
    pings = [rtt(number / 10, 1) for number in range(200)]

    slow = [rtt(20 + number, 900, kind="app") for number in range(3)]

    assert judged("p50>200ms in 1m", *pings, *slow) == [(22, True)]


def test_round_trips_older_than_the_time_count_no_more() -> None:
    slow = [rtt(number, 900) for number in range(3)]
    quick = [rtt(number, 1) for number in range(12, 40)]

    assert judged("p50>200ms in 10s", *slow, *quick, upto=40) == [(2, True), (24, False)]


def test_loss_counts_answers_in_time_and_misses() -> None:
    answered = [rtt(number, 5) for number in range(19)]

    assert judged("loss>5% in 1m", *answered, missed(19)) == []
    assert judged("loss>=5% in 1m", *answered, missed(19)) == [(19, True)]
    assert judged("loss>5% in 1m", *answered, missed(19), rtt(20, 15_000, late=True), missed(21)) == [(21, True)]


def test_nothing_heard_within_the_time_neither_raises_nor_ends() -> None:
    assert judged("loss>50% in 10s", missed(1), missed(2), missed(3), upto=300) == [(3, True)]


def test_fewer_than_three_heartbeats_make_no_share_and_no_percentile() -> None:
    assert judged("loss>50% in 10s", missed(1), missed(2), upto=30) == []
    assert judged("p99>200ms in 10s", rtt(1, 900), rtt(2, 900), upto=30) == []
    assert judged("max>200ms in 10s", rtt(1, 900)) == [(1, True)]


def test_not_open_for_longer_than_the_time() -> None:
    events = [
        opened(0),
        state(10, State.CLOSING, old=State.OPEN),
        state(10.1, State.BACKOFF, old=State.CLOSING, cause="refused"),
        state(30, State.CONNECTING, old=State.BACKOFF),
        opened(60),
    ]

    assert judged("down>30s", *events, upto=120) == [(41, True), (90, False)]


@pytest.mark.parametrize("rests", [State.STOPPED, State.IDLE, State.HOLD])
def test_what_was_stopped_or_held_off_is_not_down(rests: State) -> None:
    assert judged("down>30s", opened(0), state(10, rests, old=State.OPEN), upto=120) == []


def test_while_nothing_is_measured_nothing_is_said_to_be_down() -> None:
    assert judged("down>30s", opened(0), state(10, State.BACKOFF), probe_lost(20), upto=120) == []


def test_one_slot_of_several_is_enough_to_be_down() -> None:
    judge = AlertJudge([rule("down>30s")])

    changes = judge.take([opened(0), opened(0, slot=1), state(5, State.BACKOFF, slot=1), *seconds(1, 40)])

    assert [change.text for change in changes] == ["1 of 2 connections not open for 31.0 s: backoff"]


def test_open_without_answers_for_longer_than_the_time() -> None:
    events: list[AnyEvent] = [
        opened(0),
        state(10, State.DEGRADED, old=State.OPEN),
        state(50, State.OPEN, old=State.DEGRADED),
    ]

    assert judged("degraded>20s", *events, upto=100) == [(31, True), (70, False)]


def test_an_alert_of_what_is_stopped_is_over() -> None:
    events: list[AnyEvent] = [missed(1), missed(2), missed(3), state(20, State.STOPPED, old=State.OPEN)]

    assert judged("loss>50% in 10s", *events, upto=60) == [(3, True), (30, False)]


def found(at_s: float, *, sure: float = 0.9, severity: Severity = "problem", pending: bool = False) -> FindingStated:
    finding = Finding(
        rule="idle_timeout",
        endpoint=NAME,
        severity=severity,
        confidence=Confidence(support=sure),
        sentence="Connections end after 60 s without a byte.",
        evidence=(),
        counter_evidence=(),
        fix="",
        since_ns=0,
        pending=Pending(have=1, need=3) if pending else None,
    )
    return FindingStated(at_ns=ns(at_s), endpoint=NAME, finding=finding)


def withdrawn(at_s: float) -> FindingWithdrawn:
    return FindingWithdrawn(at_ns=ns(at_s), endpoint=NAME, rule="idle_timeout")


@pytest.mark.parametrize(
    ("when", "stated", "is_raised"),
    [
        ("finding:idle_timeout", found(1), True),
        ("finding:idle_timeout", found(1, pending=True), False),
        ("finding:idle_timeout sure>=95%", found(1), False),
        ("finding:idle_timeout sure>=90%", found(1), True),
        ("finding:lifetime_limit", found(1), False),
        ("finding:any", found(1), True),
        ("finding:any", found(1, severity="info"), False),
    ],
)
def test_a_finding_that_stands_and_is_sure_enough_raises(when: str, stated: FindingStated, is_raised: bool) -> None:
    assert bool(AlertJudge([rule(when)]).take([], [stated])) is is_raised


def test_a_finding_that_is_stated_anew_is_one_alert_until_it_was_withdrawn_for_a_while() -> None:
    judge = AlertJudge([rule("finding:any")])

    first = judge.take([], [found(1), found(2), withdrawn(3), found(4)])
    then = judge.take(seconds(5, 20), [])
    last = [*judge.take([], [withdrawn(21)]), *judge.take(seconds(22, 40), [])]

    assert (list(map(_point, first)), then, list(map(_point, last))) == ([(1, True)], [], [(26, False)])


def test_a_rule_is_for_the_endpoints_that_it_names() -> None:
    judge = AlertJudge([rule("drops>=1 in 1m", endpoints=("chat*", "voice"))])

    changes = judge.take([closed(1, name=name) for name in ("chat 1", "voice", "voices", "Chat 2")])

    assert [change.endpoint for change in changes] == ["chat 1", "voice"]


def test_a_changed_rule_begins_anew_and_ends_what_it_had_raised() -> None:
    judge = AlertJudge([rule("drops>=1 in 1m", name="a"), rule("drops>=1 in 1m", name="b")])
    judge.take([closed(1)])

    ended = judge.use([rule("drops>=2 in 1m", name="a"), rule("drops>=1 in 1m", name="b")])
    after = judge.take([closed(2), closed(3)])

    assert [(one.rule, one.raised) for one in ended] == [("a", False)]
    assert [(one.rule, one.raised) for one in after] == [("a", True)]


def test_an_alert_says_what_was_counted() -> None:
    def text(when: str, events: Iterable[AnyEvent]) -> str:
        (change,) = AlertJudge([rule(when)]).take(events)
        return change.text

    slow: Sequence[AnyEvent] = [rtt(1, 5), rtt(2, 250), replace(rtt(3, 300), lag_ns=200_000_000)]

    assert (
        text("drops>=2 in 5m", [closed(1), closed(2)])
        == "2 drops in 5 min, the last: peer or proxy: FIN without a Close frame"
    )
    assert text("loss>5% in 1m", [rtt(1, 5), missed(2), missed(3)]) == (
        "loss 66.67%: 2 of 3 heartbeats in 60 s not answered in time"
    )
    assert text("max>280ms in 1m", slow) == (
        "the longest round trip above 280 ms: 1 of 3 in 60 s took longer, up to 300 ms (WebSocket ping); "
        "our own lag had a part in 1"
    )
    assert text("failures>=1 in 1m", [open_failed(1, error="refused\x1b wss://h/?token=abc")]) == (
        "1 failed opening in 60 s, the last: refused␛ wss://h/?token=***"
    )


def test_a_finding_that_there_is_not_is_told() -> None:
    rules = [rule("finding:idle_timeot"), rule("finding:any"), rule("drops>=1 in 1m"), rule(f"finding:{RULES[0].id}")]

    assert unknown_findings(rules) == ["alert bad: there is no finding idle_timeot (docs/rules.md has all)"]
