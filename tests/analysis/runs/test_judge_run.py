"""When a stability test passes, and what it says."""

from typing import Any

from tests.analysis.facts import NAME, ms, open_failed
from tests.facts.builders import verdict
from wsmonitor.analysis.runs.judge_run import Criterion, Limits, judge, judge_opening
from wsmonitor.analysis.series.percentiles import RttSummary
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.settings.endpoint_settings import NS


def rtt(*, count: int = 100, p99: float = 20.0, misses: int = 0) -> RttSummary:
    value = ms(p99) if count else None
    beats = count + misses
    return RttSummary(
        count=count, p50_ns=value, p90_ns=value, p99_ns=value, max_ns=value, misses=misses,
        loss=misses / beats if beats else None,
    )  # fmt: skip


def summary(**changes: Any) -> EndpointSummary:
    facts: dict[str, Any] = {
        "endpoint": NAME,
        "connections": 1,
        "attempts": 1,
        "failures": 0,
        "open_ns": 120 * NS,
        "rtt": {"ws": rtt()},
        "closures": (verdict(initiator="local", mechanism="close_frame", by="stop"),),
        "closures_total": 1,
        "outbox_peak": 0,
        "messages_sent": 0,
        "messages_received": 0,
    }
    return EndpointSummary(**(facts | changes))


def failed(criteria: list[Criterion]) -> dict[str, str]:
    return {criterion.name: criterion.found for criterion in criteria if not criterion.passed}


def test_a_connection_that_stays_open_and_answers_passes() -> None:
    assert failed(judge(summary(), connections=1, limits=Limits(max_rtt_p99_ns=ms(200)))) == {}


def test_a_connection_that_the_peer_ended_fails_with_who_and_how() -> None:
    found = failed(judge(summary(closures=(verdict(),), connections=2), connections=1, limits=Limits()))

    assert found == {
        "stays open": "1 connection lost after 60.0 s on average: 1 x peer or proxy: FIN without a Close frame"
    }


def test_our_own_heartbeat_that_gave_up_is_a_lost_connection() -> None:
    gave_up = verdict(initiator="local", mechanism="timeout", by="heartbeat")

    assert "stays open" in failed(judge(summary(closures=(gave_up,)), connections=1, limits=Limits()))


def test_a_failed_opening_fails_with_its_error_even_if_a_later_one_worked() -> None:
    found = failed(
        judge(summary(failures=2), connections=1, limits=Limits(), last_failure=open_failed(1, error="refused"))
    )

    assert found == {
        "opens": "2 openings failed, 1 worked; the last: could not connect (tcp): refused; expected 1 without a failure"
    }


def test_fewer_connections_than_wanted_fail() -> None:
    assert "opens" in failed(judge(summary(connections=2), connections=3, limits=Limits()))


def test_nothing_that_ever_opened_fails_everything() -> None:
    never = summary(connections=0, failures=3, rtt={}, closures=())

    assert list(failed(judge(never, connections=1, limits=Limits()))) == ["opens", "stays open", "answers heartbeats"]


def test_round_trips_above_the_limit_fail_with_both_numbers() -> None:
    found = failed(judge(summary(rtt={"ws": rtt(p99=250)}), connections=1, limits=Limits(max_rtt_p99_ns=ms(200))))

    assert found == {"ws p99": "p99 250 ms of 100 round trips; limit 200 ms"}


def test_a_limit_that_is_met_exactly_passes() -> None:
    exactly = summary(rtt={"ws": rtt(p99=200, count=99, misses=1)})

    assert failed(judge(exactly, connections=1, limits=Limits(max_rtt_p99_ns=ms(200), max_loss=0.01))) == {}


def test_loss_above_the_limit_fails() -> None:
    found = failed(judge(summary(rtt={"ws": rtt(count=98, misses=2)}), connections=1, limits=Limits(max_loss=0.01)))

    assert found == {"ws loss": "2% of heartbeats lost (2 misses); limit 1%"}


def test_kernel_round_trips_are_not_judged() -> None:
    slow_kernel = summary(rtt={"ws": rtt(), "tcp": rtt(p99=900)})

    assert failed(judge(slow_kernel, connections=1, limits=Limits(max_rtt_p99_ns=ms(200)))) == {}


def test_a_silent_peer_fails_even_without_a_limit() -> None:
    silent = summary(rtt={"ws": rtt(count=0, misses=1)})

    assert "answers heartbeats" in failed(judge(silent, connections=1, limits=Limits(max_loss=None)))


def test_opening_passes_only_if_every_connection_lives_until_we_close_it() -> None:
    fine = judge_opening("rapid connects", wanted=3, opening_ns=[ms(5)] * 3, failures=[], lost=[])
    gone = judge_opening(
        "rapid connects", wanted=3, opening_ns=[ms(5)] * 2, failures=[open_failed(1)], lost=[verdict()]
    )

    assert fine.passed
    assert fine.found == "3 connections opened and closed cleanly; it took 5.0 ms in the middle, 5.0 ms at most"
    assert not gone.passed
    assert gone.found.startswith("1 of 3 connections were fine; ")


def test_what_neither_opened_nor_failed_is_counted() -> None:
    found = judge_opening("connects at once", wanted=2, opening_ns=[ms(5)], failures=[], lost=[], hung=1)

    assert found.found == "1 of 2 connections were fine; 1 x neither opened nor failed in time"
