from tests.analysis.facts import (
    NAME,
    analyzer,
    closed,
    message,
    missed,
    ms,
    ns,
    open_failed,
    opened,
    probe_lost,
    queued,
    rtt,
    state,
)
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.facts.events import AnyEvent, State
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig


def summary(*events: AnyEvent, at_s: float = 100.0) -> EndpointSummary:
    (made,) = analyzer(*events).summary(ns(at_s))
    return made


def dial(at_s: float) -> list[AnyEvent]:
    return [
        state(at_s, State.RESOLVING, old=State.BACKOFF),
        state(at_s + 0.1, State.CONNECTING, old=State.RESOLVING),
        state(at_s + 0.2, State.UPGRADING, old=State.CONNECTING),
    ]


def test_attempts_count_dials_and_connections_count_opens() -> None:
    made = summary(*dial(0), open_failed(1), state(1, State.BACKOFF, old=State.UPGRADING), *dial(2), opened(3))

    assert (made.attempts, made.failures, made.connections) == (2, 1, 1)


def test_open_time_ends_with_the_state_and_goes_on_while_it_lasts() -> None:
    made = summary(opened(0), state(10, State.CLOSING, old=State.OPEN), opened(90))

    assert made.open_ns == 20 * NS


def test_degraded_is_open() -> None:
    made = summary(opened(0), state(10, State.DEGRADED, old=State.OPEN), state(20, State.BACKOFF, old=State.DEGRADED))

    assert (made.open_ns, made.connections) == (20 * NS, 1)


def test_open_time_ends_where_the_probe_was_lost() -> None:
    assert summary(opened(0), probe_lost(10)).open_ns == 10 * NS


def test_round_trips_are_merged_over_slots() -> None:
    folded = analyzer(
        rtt(1, 10, slot=0),
        rtt(1, 30, slot=1),
        missed(2, slot=1),
        config=EndpointConfig(name=NAME, url="", connections=2),
    )

    (made,) = folded.summary(ns(3))

    ws = made.rtt["ws"]
    assert (ws.count, ws.max_ns, ws.misses, ws.loss) == (2, ms(30), 1, 1 / 3)
    assert set(made.rtt) == {"ws"}


def test_every_closure_is_there_with_its_verdict() -> None:
    made = summary(closed(1), closed(2, mechanism="rst"))

    assert [one.mechanism for one in made.closures] == ["fin", "rst"]
    assert made.closures_total == 2


def test_the_peak_of_the_outbox_is_kept() -> None:
    assert summary(queued(1, 3), queued(2, 7), queued(3, 0)).outbox_peak == 7


def test_data_messages_are_counted_in_each_direction() -> None:
    made = summary(message(1, direction="tx"), message(2), message(3))

    assert (made.messages_sent, made.messages_received) == (1, 2)
