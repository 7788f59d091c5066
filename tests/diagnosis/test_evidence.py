"""The bounded records that rules look at: what counts as the peer's doing, what was survived, what is forgotten."""

from typing import Any

import pytest
from msgspec.structs import replace

from tests.analysis.facts import NAME, closed, missed, ms, ns, open_failed, opened, queued, rtt, state
from wsmonitor.diagnosis import evidence as module
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.host_record import HostRecord
from wsmonitor.facts.events import (
    Control,
    Disruption,
    DisruptionPhase,
    EndpointEvent,
    HeartbeatMissed,
    Message,
    NetworkChanged,
    PhaseDone,
    State,
    StateChanged,
    TcpSample,
)
from wsmonitor.facts.own_troubles import Surroundings
from wsmonitor.settings.endpoint_settings import (
    NS,
    AppHeartbeatConfig,
    EndpointConfig,
    OwnCloseCode,
    PingConfig,
    RetryConfig,
    TapConfig,
)

CONFIG = EndpointConfig(name=NAME, url="ws://localhost:8000/ws")


def evidence(*events: EndpointEvent, config: EndpointConfig = CONFIG) -> Evidence:
    made = Evidence(config, Surroundings(), HostRecord("localhost:8000"))
    for event in events:
        made.feed(event)
    return made


def lived(opened_s: float, life_s: float, **changes: Any) -> list[EndpointEvent]:
    """A connection from its open to its end."""
    verdict = {"life_ns": round(life_s * NS)} | changes
    return [opened(opened_s), closed(opened_s + life_s, **verdict)]


def forced(at_s: float, phase: DisruptionPhase = "started", *, kind: str = "stall", **more: Any) -> Disruption:
    return Disruption(at_ns=ns(at_s), endpoint=NAME, kind=kind, phase=phase, **more)


def pong(at_s: float) -> Control:
    return Control(at_ns=ns(at_s), endpoint=NAME, direction="rx", opcode=10, payload=b"")


def kernel(at_s: float, **more: Any) -> TcpSample:
    nothing: dict[str, Any] = dict.fromkeys(
        ("rtt_ns", "rtt_var_ns", "min_rtt_ns", "unacked", "retransmits", "total_retransmits"), 0
    )
    return TcpSample(at_ns=ns(at_s), endpoint=NAME, **nothing, **more)


def connected(at_s: float, *, phase: str = "tcp", milliseconds: float = 5, attempts: str = "") -> PhaseDone:
    detail = {"attempts": attempts} if attempts else {}
    return PhaseDone(at_ns=ns(at_s), endpoint=NAME, phase=phase, duration_ns=ms(milliseconds), detail=detail)  # type: ignore[arg-type]  # a phase


def test_an_open_connection_is_live_until_it_ends() -> None:
    seen = evidence(opened(1, connection=7, slot=0), opened(2, connection=8, slot=1))

    assert [(one.serial, one.slot, one.connection, one.opened_ns) for one in seen.live] == [
        (1, 0, 7, ns(1)),
        (2, 1, 8, ns(2)),
    ]
    assert seen.present == seen.live
    assert seen.last_opened_ns == ns(2)
    assert list(seen.attempts) == [True, True]

    seen.feed(closed(5, slot=0, life_ns=4 * NS))

    assert [one.slot for one in seen.live] == [one.slot for one in seen.present] == [1]
    assert [(one.slot, one.closed_ns, one.life_ns) for one in seen.ended] == [(0, ns(5), 4 * NS)]
    assert [one.slot for one in seen.all_records] == [0, 1]


@pytest.mark.parametrize("ours", [{"forced": "tcp_reset"}, {"by": "stop"}])
def test_an_end_of_our_own_is_no_end_of_the_peers_but_was_outlived(ours: dict[str, Any]) -> None:
    seen = evidence(*lived(1, 30, **ours))

    assert not seen.ended
    assert not seen.lasting
    assert [one.life_ns for one in seen.unharmed] == [30 * NS]
    assert not seen.host.closures
    assert not seen.host.open


@pytest.mark.parametrize(
    ("ours", "is_present"), [({"by": "stop"}, True), ({"by": "stop", "forced": "hold_off"}, False), ({}, False)]
)
def test_only_what_our_own_stop_ended_is_still_present(ours: dict[str, Any], is_present: bool) -> None:
    seen = evidence(*lived(1, 30, **ours))

    assert bool(seen.present) == is_present
    assert not seen.live
    seen.feed(opened(40, connection=2))
    assert [one.connection for one in seen.present] == [2]


def test_a_closure_whose_opening_was_not_seen_lived_as_long_as_its_verdict_says() -> None:
    seen = evidence(closed(100, life_ns=60 * NS))

    (record,) = seen.ended
    assert (record.opened_ns, record.closed_ns, record.serial) == (ns(40), ns(100), 1)


def test_only_connections_that_lasted_a_second_are_kept_through_a_storm_of_short_ones() -> None:
    seen = evidence(*lived(0, 1.0))
    for number in range(30):
        for event in lived(10 + number, 0.999):
            seen.feed(event)

    assert [one.life_ns for one in seen.lasting] == [NS]
    assert [one.life_ns for one in seen.earlier] == [NS]
    assert len(seen.ended) == module.RECORDS
    assert [one.serial for one in seen.ended] == list(range(12, 32))


def test_what_lasted_and_is_still_among_the_last_is_not_told_twice() -> None:
    seen = evidence(*lived(0, 5), *lived(10, 6))

    assert len(seen.lasting) == 2
    assert seen.earlier == []


def test_failures_have_serials_of_their_own_among_the_connections() -> None:
    seen = evidence(*lived(0, 5), open_failed(6, slot=3, connection=1), open_failed(7), *lived(8, 5))

    assert [(one.serial, one.at_ns, one.slot, one.connection) for one in seen.failures] == [
        (2, ns(6), 3, 1),
        (3, ns(7), 0, 0),
    ]
    assert seen.failures[0].event.error == "connection refused"
    assert [one.serial for one in seen.ended] == [1, 4]
    assert list(seen.attempts) == [True, False, False, True]


def test_what_a_rule_claimed_is_hidden_from_the_others_until_the_next_look() -> None:
    seen = evidence(*lived(0, 5), open_failed(6), *lived(8, 5))
    seen.begin(ns(20))
    assert [one.serial for one in seen.unexplained] == [1, 3]

    seen.claim([1, 2], "a_rule")

    assert [one.serial for one in seen.unexplained] == [3]
    assert seen.unexplained_failures == []
    assert seen.claimed == {1: "a_rule", 2: "a_rule"}
    seen.begin(ns(21))
    assert [one.serial for one in seen.unexplained] == [1, 3]
    assert [one.serial for one in seen.unexplained_failures] == [2]
    assert seen.now_ns == ns(21)


@pytest.mark.parametrize(
    ("life_s", "open_for_s", "is_over"), [(5, 60.0, False), (5, 60.1, True), (40, 120.0, False), (40, 120.1, True)]
)
def test_closures_are_over_once_a_later_connection_lived_three_times_as_long_and_a_minute(
    life_s: float, open_for_s: float, is_over: bool
) -> None:
    seen = evidence(*lived(0, life_s), opened(life_s, connection=2))
    seen.begin(ns(life_s + open_for_s))

    assert seen.is_over(frozenset({1})) == is_over
    assert not seen.is_over(frozenset({99}))


def test_a_connection_that_was_open_before_the_last_closure_settles_nothing() -> None:
    seen = evidence(opened(4, slot=1), *lived(0, 5))
    seen.begin(ns(1_000))

    assert not seen.is_over(frozenset(one.serial for one in seen.ended))


def test_what_depends_on_nothing_new_is_made_once_and_again_after_an_opening_or_a_closure() -> None:
    seen = evidence()
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [seen.remember("a", 1, make), seen.remember("a", 1, make), seen.remember("a", 2, make)] == [1, 1, 2]
    assert seen.remember("b", 2, make) == 3
    seen.feed(opened(1))
    assert seen.remember("a", 2, make) == 4
    seen.feed(closed(2))
    assert seen.remember("a", 2, make) == 5


def test_facts_of_a_connection_are_folded_into_its_record() -> None:
    message = Message(at_ns=ns(2), endpoint=NAME, direction="tx", opcode=1, size_bytes=3, wire_bytes=3, payload=b"abc")
    seen = evidence(
        connected(0.5),
        opened(1),
        message,
        rtt(3, 9),
        pong(4),
        kernel(5, unsent_bytes=77),
        kernel(6, unsent_bytes=99, leg="client"),
        queued(6, 4),
    )

    (record,) = seen.live
    assert (record.tcp_ns, record.data_tx, record.answers["ws"], record.pongs.number) == (ms(5), 1, 1, 1)
    assert (record.unsent_bytes, seen.waiting(record)) == (77, 4)


def test_facts_about_nothing_that_is_open_are_forgotten() -> None:
    seen = evidence(rtt(1, 9), missed(2))

    assert seen.all_records == []
    assert seen.feed(rtt(3, 9)) is False


def test_the_time_to_connect_is_that_of_the_same_dial() -> None:
    seen = evidence(connected(0.5), opened(1), closed(2))

    seen.feed(state(3, State.RESOLVING, old=State.BACKOFF))
    seen.feed(opened(4, connection=2))

    assert [one.tcp_ns for one in seen.live] == [None]


def test_what_tcp_tried_is_remembered_of_the_tcp_phase_alone() -> None:
    seen = evidence(connected(1, attempts="[::1] failed"), connected(2), connected(3, phase="tls", attempts="x"))

    assert [(one.at_ns, one.slot, one.connection, one.attempts) for one in seen.openings] == [
        (ns(1), 0, 0, "[::1] failed")
    ]


NEWS: list[tuple[EndpointEvent, bool]] = [
    (closed(5), True),
    (open_failed(5), True),
    (missed(5), True),
    (NetworkChanged(at_ns=ns(5), endpoint=NAME, old_address="a", new_address="b"), True),
    (rtt(5, 3), False),
    (queued(5, 3), False),
    (opened(5), False),
    (connected(5), False),
    (forced(5), False),
]


@pytest.mark.parametrize(("event", "is_news"), NEWS)
def test_rules_look_again_after_what_may_have_a_cause(event: EndpointEvent, is_news: bool) -> None:
    assert evidence(opened(1)).feed(event) is is_news


def test_a_changed_network_is_remembered() -> None:
    change = NetworkChanged(at_ns=ns(5), endpoint=NAME, old_address="a", new_address="b")

    assert list(evidence(change).network) == [change]


def test_misses_belong_to_the_connection_that_is_open() -> None:
    seen = evidence(opened(1), missed(5), missed(6, consecutive=2))

    (record,) = seen.live
    assert record.misses["ws"].total == 2
    assert isinstance(record.misses["ws"].last, HeartbeatMissed)


@pytest.mark.parametrize(
    ("again", "is_redial"),
    [
        ([open_failed(3)], True),
        ([opened(2), closed(3, life_ns=NS)], True),
        ([opened(2), closed(3, life_ns=NS, received_code=1011)], True),
        ([opened(2), closed(3, life_ns=NS, received_code=1000)], False),
        ([opened(2), closed(3, life_ns=NS, received_code=1001)], False),
        ([opened(2), closed(30, life_ns=28 * NS)], False),
        ([opened(2), closed(3, life_ns=NS, by="stop")], False),
        ([open_failed(3), state(4, State.STOPPED)], False),
        ([open_failed(3), state(4, State.IDLE)], False),
        ([open_failed(3), state(4, State.HOLD)], False),
        ([open_failed(3), state(4, State.BACKOFF)], True),
        ([], False),
    ],
)
def test_a_dial_after_a_loss_is_a_redial_to_the_host(again: list[EndpointEvent], is_redial: bool) -> None:
    config = replace(CONFIG, retry=RetryConfig(stable_after_s=10.0))
    seen = evidence(*again, state(50, State.RESOLVING, old=State.BACKOFF), config=config)

    assert [(one.at_ns, one.endpoint, one.slot) for one in seen.host.redials] == [(ns(50), NAME, 0)] * is_redial


def test_the_phases_of_one_dial_are_one_redial() -> None:
    seen = evidence(open_failed(3), state(5, State.RESOLVING, old=State.BACKOFF))

    seen.feed(state(6, State.RESOLVING, old=State.UPGRADING))  # a redirect

    assert len(seen.host.redials) == 1


def test_who_comes_to_a_tap_is_no_redial_of_ours() -> None:
    tap = replace(CONFIG, tap=TapConfig())
    seen = evidence(open_failed(3), state(5, State.RESOLVING, old=State.BACKOFF), config=tap)

    assert tap.is_tap
    assert not seen.host.redials


def test_an_open_connection_that_degrades_stays_the_same() -> None:
    seen = evidence(opened(1), state(2, State.DEGRADED, old=State.OPEN), state(3, State.OPEN, old=State.DEGRADED))

    assert [one.opened_ns for one in seen.live] == [ns(1)]
    assert list(seen.attempts) == [True]


def test_a_connection_that_opens_degraded_is_open() -> None:
    first = StateChanged(at_ns=ns(1), endpoint=NAME, old=State.UPGRADING, new=State.DEGRADED)

    assert [one.opened_ns for one in evidence(first).live] == [ns(1)]


def test_what_was_disrupted_is_no_longer_the_peers_doing() -> None:
    seen = evidence(opened(1), forced(5), opened(2, slot=1))

    assert [(one.slot, one.forced, one.disrupted_ns) for one in seen.live] == [(0, True, ns(5)), (1, False, None)]


def test_a_condition_that_lasts_is_on_the_next_connection_as_well_until_it_ends() -> None:
    seen = evidence(forced(1), opened(2), closed(3), opened(4, connection=2))
    first, second = seen.ended[0], seen.live[0]
    assert (first.disrupted_ns, second.disrupted_ns) == (ns(2), None)

    seen = evidence(forced(1), forced(1.5, "ended"), opened(2))
    assert seen.live[0].disrupted_ns is None


def test_what_acts_on_every_client_of_a_tap_is_told_of_each_as_well() -> None:
    assert not evidence(opened(1), forced(2, is_shared=True)).live[0].forced


def test_without_a_probe_what_was_open_is_known_no_more() -> None:
    seen = evidence(
        opened(1), rtt(2, 3), *[Control(at_ns=ns(9), endpoint=NAME, direction="rx", opcode=10, payload=b"")]
    )

    seen.lose()

    assert seen.live == []
    assert [(one.life_ns, one.closed_ns) for one in seen.forced] == [(8 * NS, ns(9))]
    seen.feed(state(20, State.RESOLVING, old=State.IDLE))
    assert not seen.host.redials


def test_after_dropped_samples_silences_of_open_connections_prove_nothing() -> None:
    seen = evidence(*lived(0, 5), opened(10, connection=2))

    seen.miss_samples()

    assert [one.gappy for one in seen.all_records] == [False, True]


def test_beginning_anew_forgets_all_but_what_is_open() -> None:
    network = NetworkChanged(at_ns=ns(5), endpoint=NAME, old_address="a", new_address="b")
    seen = evidence(
        *lived(0, 5), *lived(6, 5, by="stop"), open_failed(20), connected(21, attempts="x"), network, opened(30)
    )
    seen.remember("a", 1, lambda: "old")

    seen.forget()

    kept = (seen.ended, seen.lasting, seen.forced, seen.failures, seen.attempts, seen.openings, seen.network)
    assert not any(kept)
    assert [one.opened_ns for one in seen.live] == [ns(30)]
    assert seen.remember("a", 1, lambda: "new") == "new"


def test_a_change_of_settings_is_remembered_with_what_it_means() -> None:
    seen = evidence()
    beats = replace(CONFIG, app_heartbeat=AppHeartbeatConfig(interval_s=5.0))
    pings = replace(beats, ping=PingConfig(interval_s=7.0))
    mute = replace(pings, ping=PingConfig(enabled=False))
    other = replace(mute, echo=True)

    for number, config in enumerate((beats, pings, pings, mute, other), 1):
        seen.configure(config, ns(number))

    assert list(seen.changes) == [
        (ns(1), "it beats every 5.0 s"),
        (ns(2), "it pings every 7.0 s"),
        (ns(4), "it pings no more"),
        (ns(5), "its settings changed"),
    ]
    assert seen.config == other


def test_a_heartbeat_that_was_taken_away_is_a_change_of_settings() -> None:
    with_beats = replace(CONFIG, app_heartbeat=AppHeartbeatConfig(interval_s=5.0))
    seen = evidence(config=with_beats)

    seen.configure(CONFIG, ns(1))

    assert list(seen.changes) == [(ns(1), "its settings changed")]


def test_what_own_codes_mean_is_known_of_each_connection() -> None:
    mine = replace(CONFIG, close_code=(OwnCloseCode(code=4001, name="ours"),))

    assert evidence(opened(1), config=mine).live[0].codes == mine.codes


def test_facts_about_the_monitor_and_the_host_are_counted() -> None:
    seen = evidence()
    before = seen.late_facts

    seen.feed(closed(1))

    assert seen.late_facts == before + 1
