"""How late our own loop runs."""

from itertools import pairwise

import pytest

from wsmonitor.engine.clocks.lag import TICK_NS, LagMeter
from wsmonitor.settings.endpoint_settings import to_ns


def ms(milliseconds: float) -> int:
    return to_ns(milliseconds / 1000)


def test_the_worst_lag_since_a_moment_is_known() -> None:
    meter = LagMeter()
    meter.tick(ms(50), ms(80))
    meter.tick(ms(130), ms(131))
    meter.tick(ms(181), ms(191))

    assert meter.worst_since(0) == ms(30)
    assert meter.worst_since(ms(100)) == ms(10)
    assert meter.worst_since(ms(200)) == 0


def test_a_tick_that_comes_early_has_no_lag() -> None:
    assert LagMeter().tick(ms(50), ms(49)) == 0


def test_a_tick_that_is_overdue_counts_before_it_comes() -> None:
    meter = LagMeter()
    meter.tick(0, 0)

    assert meter.worst_since(ms(10), TICK_NS + ms(400)) == ms(400)
    assert meter.worst_since(ms(10), TICK_NS - ms(1)) == 0


def test_only_the_last_minute_is_remembered() -> None:
    meter = LagMeter()
    meter.tick(0, ms(500))

    for tick in range(1, 1300):
        meter.tick(tick * TICK_NS, tick * TICK_NS)

    assert meter.worst_since(0) == 0


def test_connections_ping_apart_from_each_other_and_the_first_at_full_intervals() -> None:
    meter = LagMeter()

    phases = sorted(meter.next_phase() for _ in range(50))

    gaps = [later - earlier for earlier, later in pairwise([*phases, 1.0])]
    assert phases[0] == 0.0
    assert min(gaps) > 0.25 / 50


@pytest.mark.parametrize(("connections", "seconds"), [(0, 1), (1, 1), (500, 1), (501, 2), (10_000, 20)])
def test_all_connections_together_ask_the_kernel_500_times_a_second_at_most(connections: int, seconds: int) -> None:
    meter = LagMeter()

    meter.connections += connections

    assert meter.sample_every_ns == seconds * 1_000_000_000
