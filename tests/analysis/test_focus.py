"""Numbers of a focus period: those of the samples in it, and of buckets where samples are gone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gui.story import START_NS, WALL_NS, analyzer_of, at_ns, fin
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.focus import Focus, focus_numbers
from wsmonitor.analysis.series.percentiles import Histogram
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.facts.events import (
    ConnectionClosed,
    HeartbeatMissed,
    Message,
    OpenFailed,
    OutboxChanged,
    RttSample,
    State,
    StateChanged,
)
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig


@given(st.lists(st.tuples(st.integers(-5, 10**12), st.integers(1, 5)), max_size=50))
def test_adding_all_at_once_is_adding_one_by_one(pairs: list[tuple[int, int]]) -> None:
    one_by_one, at_once = Histogram(), Histogram()
    for value, count in pairs:
        one_by_one.add(value, count)

    at_once.add_all(np.array([v for v, _ in pairs], np.int64), np.array([c for _, c in pairs], np.int64))

    assert vars(at_once) == vars(one_by_one)


def test_only_what_lies_within_the_period_counts() -> None:
    analyzer = new_analyzer()
    analyzer.feed([sample(second, 10) for second in range(10)] + [sample(10, 500)])
    analyzer.feed([missed(4.5), missed(20)])

    numbers = focus_numbers(view(analyzer).history, 2.0, 8.0)

    assert (numbers.samples, numbers.p50_ns, numbers.max_ns) == (6, 10_000_000, 10_000_000)
    assert numbers.misses == 1
    assert numbers.loss == pytest.approx(1 / 7)
    assert numbers.is_exact


def test_states_messages_and_the_buffer_are_those_of_the_period() -> None:
    analyzer = new_analyzer()
    analyzer.feed(
        [
            StateChanged(at_ns=at_ns(0), endpoint="a", old=State.IDLE, new=State.OPEN),
            OutboxChanged(at_ns=at_ns(1), endpoint="a", depth=7, bytes=1),
            Message(at_ns=at_ns(2.5), endpoint="a", direction="tx", opcode=1, size_bytes=1, wire_bytes=1, payload=b"x"),
            OutboxChanged(at_ns=at_ns(3), endpoint="a", depth=2, bytes=1),
            StateChanged(at_ns=at_ns(6), endpoint="a", old=State.OPEN, new=State.BACKOFF),
            OutboxChanged(at_ns=at_ns(9), endpoint="a", depth=99, bytes=1),
        ]
    )

    numbers = focus_numbers(view(analyzer).history, 2.0, 8.0)

    assert numbers.open_share == pytest.approx(4 / 6, abs=0.01)
    assert (numbers.sent, numbers.received, numbers.buffered) == (1, 0, 7)


def test_a_period_without_samples_has_no_numbers() -> None:
    numbers = focus_numbers(view(new_analyzer()).history, 2.0, 8.0)

    assert (numbers.samples, numbers.p50_ns, numbers.loss, numbers.open_share) == (0, None, None, None)


def test_older_detail_comes_from_buckets_and_says_so() -> None:
    analyzer = new_analyzer()
    analyzer.feed([sample(second / 2, 10 + (second % 5)) for second in range(60_000)])
    analyzer.feed([sample(30_000, 1)])

    numbers = focus_numbers(view(analyzer).history, 1_000.0, 2_000.0)

    assert not numbers.is_exact
    assert numbers.samples == pytest.approx(2_000, rel=0.01)
    assert numbers.max_ns == 14_000_000
    assert numbers.p50_ns == pytest.approx(12_000_000, rel=0.1)


def test_a_snapshot_under_focus_has_the_numbers_and_closures_of_the_period() -> None:
    analyzer = analyzer_of(120, life_s=30)
    analyzer.feed([OpenFailed(at_ns=at_ns(50), endpoint="admin", phase="tcp", error="refused", duration_ns=1)])
    snapshot = analyzer.snapshot(at_ns(130))
    focus = Focus(20.0, 60.0)

    focused = focus.apply(snapshot)

    inside = [closure for closure in snapshot.closures if at_ns(20) <= closure.at_ns < at_ns(60)]
    assert list(focused.closures) == inside
    assert focused.endpoints[0].closures == len(inside) == 1
    assert focused.endpoints[0].last_closure == inside[-1]
    assert focused.endpoints[3].failures == 1
    assert focused.endpoints[0].state is snapshot.endpoints[0].state
    assert focus.apply(snapshot).closures is focused.closures


def test_a_period_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    analyzer = new_analyzer()
    for second in (20, 60):
        analyzer.feed([sample(second, 10), missed(second), message(second), closed(second), failed(second)])
    focused = Focus(20.0, 60.0).apply(analyzer.snapshot(at_ns(130)))

    numbers = focus_numbers(view(analyzer).history, 20.0, 60.0)

    (row,) = focused.endpoints
    assert (numbers.samples, numbers.misses, numbers.sent, numbers.closures) == (1, 1, 1, 1)
    assert (len(focused.closures), row.closures, len(focused.failures), row.failures) == (1, 1, 1, 1)
    assert focused.closures[0].at_ns == focused.failures[0].at_ns == at_ns(20)


@pytest.mark.parametrize(
    ("start_s", "end_s", "misses"),
    [(100, 200, 100), (102, 200, 100), (102.5, 200, 96), (100, 197, 100), (100, 196, 96)],
)
def test_where_only_buckets_are_left_those_count_that_lie_within_by_half(
    start_s: float, end_s: float, misses: int
) -> None:
    analyzer = new_analyzer()
    analyzer.feed(missed(second) for second in range(20_000))

    numbers = focus_numbers(view(analyzer).history, start_s, end_s)

    assert (numbers.misses, numbers.is_exact) == (misses, False)


def new_analyzer() -> Analyzer:
    analyzer = Analyzer(START_NS, WALL_NS)
    analyzer.add_endpoint(EndpointConfig(name="a", url="ws://h"))
    return analyzer


def view(analyzer: Analyzer) -> EndpointView:
    return analyzer.snapshot(at_ns(100)).endpoints[0]


def sample(second: float, milliseconds: float) -> RttSample:
    return RttSample(at_ns=at_ns(second), endpoint="a", kind="ws", round_trip_ns=round(milliseconds * 1e6))


def message(second: float) -> Message:
    return Message(
        at_ns=at_ns(second), endpoint="a", direction="tx", opcode=1, size_bytes=1, wire_bytes=1, payload=b"x"
    )


def closed(second: float) -> ConnectionClosed:
    return ConnectionClosed(at_ns=at_ns(second), endpoint="a", connection=1, verdict=fin(NS))


def failed(second: float) -> OpenFailed:
    return OpenFailed(at_ns=at_ns(second), endpoint="a", phase="tcp", error="refused", duration_ns=1)


def missed(second: float) -> HeartbeatMissed:
    return HeartbeatMissed(at_ns=at_ns(second), endpoint="a", kind="ws", consecutive=1, waited_ns=NS)
