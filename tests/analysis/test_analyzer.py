import math

import pytest
from msgspec.structs import replace

from tests.analysis.facts import (
    NAME,
    START_NS,
    WALL_NS,
    analyzer,
    closed,
    lagged,
    message,
    missed,
    ms,
    ns,
    open_failed,
    opened,
    probe_lost,
    probe_started,
    queued,
    rtt,
    snapshot,
    state,
    view,
)
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.facts.events import (
    ClockAnchor,
    Control,
    Disruption,
    DisruptionPhase,
    SamplesDropped,
    State,
    TcpSample,
)
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig, OutboxConfig, TlsConfig


def log_texts(taken: Snapshot) -> list[str]:
    return [row.text for row in taken.log.rows(taken.log.first, taken.log.end)]


def test_an_endpoint_has_a_row_before_its_first_event() -> None:
    row = view()

    assert (row.name, row.url, row.state, row.rtt_ns, row.loss) == (
        NAME,
        "ws://localhost:8000/ws",
        State.IDLE,
        None,
        None,
    )


def test_an_endpoint_has_a_row_for_each_of_its_connections() -> None:
    rows = (
        analyzer(opened(1, slot=1), config=EndpointConfig(name=NAME, url="ws://x", connections=3))
        .snapshot(ns(2))
        .endpoints
    )

    assert [(row.key, row.slots, row.state) for row in rows] == [
        ((NAME, 0), 3, State.IDLE),
        ((NAME, 1), 3, State.OPEN),
        ((NAME, 2), 3, State.IDLE),
    ]


def test_an_event_of_an_unknown_endpoint_makes_a_row() -> None:
    rows = snapshot(opened(1, name="surprise", slot=1)).endpoints

    assert [row.key for row in rows] == [(NAME, 0), ("surprise", 0), ("surprise", 1)]


def test_the_state_comes_with_its_age_cause_and_next_step() -> None:
    row = view(
        opened(1),
        state(5, State.BACKOFF, old=State.OPEN, attempt=2, retry_in_ns=3 * NS, cause="FIN\x1b[31m", connection=1),
    )

    assert (row.state, row.since_ns, row.attempt, row.retry_at_ns) == (State.BACKOFF, ns(5), 2, ns(8))
    assert (row.cause, row.connection) == ("FIN\x1b[31m", 1)


def test_a_repeated_state_keeps_its_beginning() -> None:
    row = view(opened(1), state(9, State.OPEN, old=State.OPEN, connection=1))

    assert row.since_ns == ns(1)


def test_round_trips_give_the_present_one_percentiles_and_a_sparkline() -> None:
    row = view(opened(0), *(rtt(second, second) for second in range(1, 101)))

    assert row.rtt_ns == ms(100)
    assert row.p50_ns == pytest.approx(ms(50), rel=0.005)
    assert row.p99_ns == pytest.approx(ms(99), rel=0.005)
    assert row.sparkline == tuple(float(value) for value in range(41, 101))


def test_a_miss_is_loss_a_hole_in_the_sparkline_and_counted_in_a_row() -> None:
    row = view(opened(0), rtt(1, 10), missed(12, consecutive=1), missed(22, consecutive=2))

    assert row.loss == pytest.approx(2 / 3)
    assert row.misses_in_a_row == 2
    assert row.sparkline[0] == 10.0
    assert all(math.isnan(value) for value in row.sparkline[1:])


def test_an_answer_ends_the_row_of_misses() -> None:
    assert view(opened(0), missed(12), rtt(20, 5)).misses_in_a_row == 0


def test_a_closed_connection_has_no_present_round_trip_but_keeps_its_percentiles() -> None:
    row = view(opened(0), rtt(1, 10), closed(2), state(2, State.BACKOFF, old=State.OPEN, connection=1))

    assert (row.rtt_ns, row.p50_ns) == (None, ms(10))


def test_the_application_heartbeat_speaks_where_there_are_no_pings() -> None:
    row = view(opened(0), rtt(1, 10, kind="app"))

    assert (row.rtt_ns, row.p99_ns, row.loss) == (ms(10), ms(10), 0.0)


def test_kernel_samples_are_no_heartbeats() -> None:
    kernel = TcpSample(
        at_ns=ns(1), endpoint=NAME, rtt_ns=ms(3), rtt_var_ns=0, min_rtt_ns=ms(3), unacked=0, retransmits=0,
        total_retransmits=0, unsent_bytes=0,
    )  # fmt: skip

    folded = analyzer(opened(0), kernel)

    assert folded.snapshot(ns(2)).endpoints[0].rtt_ns is None
    tcp = folded.summary(ns(2))[0].rtt["tcp"]
    assert (tcp.count, tcp.p50_ns, tcp.loss) == (1, ms(3), None)


def test_the_outbox_is_shown_with_its_limit() -> None:
    config = EndpointConfig(name=NAME, url="ws://x", outbox=OutboxConfig(max_messages=50))

    row = analyzer(queued(1, 37, dropped=2), config=config).snapshot(ns(2)).endpoints[0]

    assert (row.buffered, row.buffered_bytes, row.buffered_limit, row.dropped) == (37, 370, 50, 2)


def test_closures_are_numbered_for_the_endpoint_and_counted_for_the_slot() -> None:
    taken = snapshot(closed(1), closed(2, slot=1), closed(3))

    assert [(one.number, one.slot, one.at_ns) for one in taken.closures] == [
        (1, 0, ns(1)),
        (2, 1, ns(2)),
        (3, 0, ns(3)),
    ]
    assert [(row.closures, row.last_closure and row.last_closure.number) for row in taken.endpoints] == [(2, 3), (1, 2)]


def test_failed_openings_are_counted_and_the_last_one_kept() -> None:
    failure = open_failed(2, error="no route")

    row = view(open_failed(1), failure)

    assert (row.failures, row.last_failure) == (2, failure)


def test_an_unverified_wss_endpoint_says_so() -> None:
    insecure = EndpointConfig(name=NAME, url="wss://x", tls=TlsConfig(verify=False))

    assert analyzer(config=insecure).snapshot(ns(1)).endpoints[0].tls_unverified
    assert not view().tls_unverified


def test_a_lost_probe_leaves_nothing_known() -> None:
    taken = snapshot(opened(0), rtt(1, 10), queued(2, 5), probe_lost(3))

    (row,) = taken.endpoints
    assert (row.state, row.cause, row.since_ns, row.rtt_ns, row.buffered) == (
        State.IDLE,
        "measurement stopped",
        ns(3),
        None,
        0,
    )
    assert (taken.health.probe, taken.health.probe_since_ns, taken.health.probe_reason) == (
        "lost",
        ns(3),
        "killed by signal 9",
    )


def test_a_probe_that_came_back_closes_the_gap() -> None:
    taken = snapshot(probe_started(0), probe_lost(3), probe_started(4))

    (gap,) = taken.endpoints[0].history.session.gaps
    assert (gap.start_s, gap.end_s) == (3.0, 4.0)
    assert taken.health.probe == "running"


def test_a_session_starts_with_a_starting_probe() -> None:
    assert snapshot().health.probe == "starting"


def test_loop_lag_is_the_recent_99th_percentile() -> None:
    taken = snapshot(lagged(0, 500), *(lagged(100 + second, 1) for second in range(50)))

    assert taken.health.loop_lag_p99_ns == ms(1)


def test_dropped_samples_add_up() -> None:
    taken = snapshot(SamplesDropped(at_ns=ns(1), count=3), SamplesDropped(at_ns=ns(2), count=4))

    assert taken.health.dropped == 7


def test_an_anchor_corrects_the_wall_clock() -> None:
    taken = snapshot(ClockAnchor(at_ns=ns(10), wall_ns=WALL_NS + 99 * NS))

    assert taken.wall_s(START_NS) == 1_700_000_089.0
    assert taken.seconds(ns(10)) == 10.0


def test_samples_stay_out_of_the_log_and_messages_have_their_own() -> None:
    ping = Control(at_ns=ns(2), endpoint=NAME, direction="tx", opcode=9, payload=b"12345678")

    taken = snapshot(opened(0), rtt(1, 1), lagged(1, 1), queued(1, 1), message(2), ping, closed(3))

    assert log_texts(taken) == ["upgrading → open", "peer or proxy: FIN without a Close frame, after 60.0 s"]
    assert taken.messages.end == 2


def test_a_report_of_dropped_messages_is_logged_once() -> None:
    taken = snapshot(queued(1, 5), queued(2, 5, dropped=1), queued(3, 5, dropped=1))

    assert log_texts(taken) == ["5 messages waiting (50 bytes), 1 dropped so far"]


def test_a_snapshot_does_not_change_while_time_goes_on() -> None:
    folded = analyzer(opened(0), rtt(1, 10), closed(2))
    taken = folded.snapshot(ns(3))

    folded.feed([opened(4), *(rtt(second, 99) for second in range(5, 5000)), closed(6000), probe_lost(7000)])

    (row,) = taken.endpoints
    assert (row.state, row.p99_ns, row.closures, len(taken.closures), taken.log.end) == (State.OPEN, ms(10), 1, 1, 2)
    assert row.history.round_trips["ws"].read(0, 9000, 1000).count.sum() == 1
    assert row.history.session.gaps == ()


def test_endpoints_that_did_not_change_cost_nothing_in_the_next_snapshot() -> None:
    folded = analyzer(opened(0), opened(0, name="other"))
    first = folded.snapshot(ns(1))
    folded.feed([rtt(2, 5)])

    second = folded.snapshot(ns(2))

    assert second.endpoints[1] is first.endpoints[1]
    assert second.endpoints[0] is not first.endpoints[0]
    assert second.log is first.log


def test_a_removed_endpoint_is_gone_with_its_closures_and_is_restored_with_its_history() -> None:
    folded = analyzer(opened(0), rtt(1, 10), closed(2))
    folded.remove_endpoint(NAME)
    folded.feed([state(3, State.STOPPED, old=State.OPEN, connection=1)])
    without = folded.snapshot(ns(4))

    connection = folded.restore_endpoint(EndpointConfig(name=NAME, url="ws://elsewhere"))

    again = folded.snapshot(ns(5))
    assert (without.endpoints, without.closures) == ((), ())
    assert [(row.url, row.state, row.p50_ns) for row in again.endpoints] == [("ws://elsewhere", State.STOPPED, ms(10))]
    assert len(again.closures) == 1
    assert connection == 1


def test_of_removed_endpoints_the_last_sixteen_can_be_brought_back() -> None:
    folded = analyzer()
    configs = [EndpointConfig(name=f"e{number}", url="ws://h") for number in range(40)]
    for config in configs:
        folded.add_endpoint(config)
        folded.feed([opened(1, name=config.name, connection=7)])
    for config in configs:
        folded.remove_endpoint(config.name)

    kept = [config.name for config in configs if folded.restore_endpoint(config) == 7]

    assert kept == [f"e{number}" for number in range(24, 40)]


SAME = EndpointConfig(name=NAME, url="ws://localhost:8000/ws")


@pytest.mark.parametrize("url", [SAME.url, "ws://elsewhere"])
def test_another_endpoint_under_a_removed_ones_name_begins_a_new_history(url: str) -> None:
    folded = analyzer(opened(0), rtt(1, 10), closed(2), open_failed(3), state(4, State.STOPPED, old=State.OPEN))
    folded.remove_endpoint(NAME)

    folded.add_endpoint(EndpointConfig(name=NAME, url=url))

    shown = folded.snapshot(ns(5))
    assert [(row.state, row.p50_ns, row.closures) for row in shown.endpoints] == [(State.IDLE, None, 0)]
    assert (shown.closures, shown.failures) == ((), ())


def test_what_is_still_said_of_the_removed_one_is_not_said_of_its_successor() -> None:
    folded = analyzer(opened(0), rtt(1, 10))
    folded.remove_endpoint(NAME)
    folded.add_endpoint(SAME)
    folded.feed([state(2, State.CLOSING, old=State.OPEN), closed(3), state(3, State.STOPPED, old=State.CLOSING)])
    before = folded.snapshot(ns(3))
    folded.feed([opened(4), rtt(5, 20)])

    after = folded.snapshot(ns(6))

    assert [(row.state, row.closures) for row in before.endpoints] == [(State.IDLE, 0)]
    assert before.closures == ()
    assert [(row.state, row.p50_ns) for row in after.endpoints] == [(State.OPEN, ms(20))]


def test_a_lost_probe_ends_what_was_still_to_be_said_of_the_removed_one() -> None:
    folded = analyzer(opened(0))
    folded.remove_endpoint(NAME)
    folded.add_endpoint(SAME)

    folded.feed([probe_lost(2), opened(3)])

    assert [row.state for row in folded.snapshot(ns(4)).endpoints] == [State.OPEN]


def test_slots_that_an_edit_leaves_out_are_shown_until_they_have_stopped() -> None:
    folded = analyzer(opened(0), opened(0, slot=2), config=replace(SAME, connections=3))
    folded.add_endpoint(SAME)
    closing = folded.snapshot(ns(1))
    folded.feed(
        [closed(2), closed(2, slot=2)] + [state(3, State.STOPPED, old=State.CLOSING, slot=slot) for slot in (0, 1, 2)]
    )

    assert [row.slot for row in closing.endpoints] == [0, 1, 2]
    assert [row.slot for row in folded.snapshot(ns(4)).endpoints] == [0]


def test_an_edited_endpoint_keeps_what_is_known_of_it() -> None:
    folded = analyzer(opened(0), rtt(1, 10))
    before = folded.snapshot(ns(2))

    folded.add_endpoint(EndpointConfig(name=NAME, url="ws://edited", connections=2))

    rows = folded.snapshot(ns(3)).endpoints
    assert before.endpoints[0].url == "ws://localhost:8000/ws"
    assert [(row.url, row.rtt_ns) for row in rows] == [("ws://edited", ms(10)), ("ws://edited", None)]


def test_reset_statistics_count_from_zero_and_leave_the_plots() -> None:
    folded = analyzer(opened(0), rtt(1, 10), message(2), closed(3), open_failed(4))

    folded.reset_statistics(ns(5))

    (row,) = folded.snapshot(ns(5)).endpoints
    assert (row.p50_ns, row.loss, row.closures, row.failures, row.last_closure) == (None, None, 0, 0, None)
    assert row.history.round_trips["ws"].read(0, 10, 100).count.sum() == 1
    folded.feed([closed(6)])
    assert folded.snapshot(ns(6)).closures[-1].number == 2


def order(at_s: float, kind: str, phase: DisruptionPhase) -> Disruption:
    return Disruption(at_ns=ns(at_s), endpoint=NAME, connection=1, slot=0, kind=kind, phase=phase)


def test_forced_disconnects_that_wait_for_the_opening_are_shown_until_they_wait_no_more() -> None:
    folded = analyzer(state(0, State.BACKOFF), order(1, "stall", "waiting"), order(2, "tcp_reset", "waiting"))
    shown = [folded.snapshot(ns(2)).endpoints[0].ordered]
    for event in (order(3, "stall", "cancelled"), order(4, "tcp_reset", "started"), order(5, "stall", "waiting")):
        folded.feed([event])
        shown.append(folded.snapshot(event.at_ns).endpoints[0].ordered)
    folded.feed([probe_lost(6)])
    shown.append(folded.snapshot(ns(6)).endpoints[0].ordered)

    assert shown == [("stall", "tcp_reset"), ("tcp_reset",), (), ("stall",), ()]
