"""When a slot dials again, and how often, without a socket and without waiting."""

import pytest

from tests.engine.builders import peer_close, verdict
from tests.engine.slot import REFUSED, Played, Slot
from tests.engine.test_states import ENDINGS, FATAL, bring
from wsmonitor.engine import steps
from wsmonitor.engine.redialling.dial_budget import LEAST_PER_MINUTE, DialBudget
from wsmonitor.engine.redialling.retry import MONITOR_EVERY_NS
from wsmonitor.engine.steps import OpenFailure
from wsmonitor.facts.events import State, Verdict
from wsmonitor.settings.endpoint_settings import NS, AppHeartbeatConfig, RetryConfig


@pytest.mark.parametrize("seed", range(20))
def test_accept_then_close_is_dialled_at_most_eight_times_in_ten_seconds(seed: int) -> None:
    slot = Slot(seed=seed)

    slot.play(10, lambda _: Played(ending=peer_close(1011, life_s=0.001)))

    assert 2 <= slot.dials_within(10) <= 8


@pytest.mark.parametrize("seed", range(20))
def test_accept_then_close_stays_at_eight_dials_without_the_breaker(seed: int) -> None:
    slot = Slot(seed=seed, retry=RetryConfig(breaker=False, cap_s=15))

    slot.play(10, lambda _: Played(ending=peer_close(1000, life_s=0.001)))

    assert slot.dials_within(10) <= 12  # full jitter may be short; the breaker is what holds the bound


@pytest.mark.parametrize("seed", range(20))
def test_a_refusing_port_is_dialled_at_most_eight_times_in_ten_seconds(seed: int) -> None:
    slot = Slot(seed=seed)

    slot.play(10, lambda _: REFUSED)

    assert 2 <= slot.dials_within(10) <= 8


def test_five_kills_are_five_further_dials() -> None:
    slot = Slot()

    slot.play(60, lambda dial: Played(ending=verdict("rst", life_s=6), after_s=6 if dial <= 5 else 600))

    assert len(slot.dials) == 6


def test_a_failed_retry_is_followed_by_a_wait_not_by_a_spin() -> None:
    slot = Slot()
    slot.open()
    slot.advance(6)
    slot.lose(verdict("fin"))
    slot.advance(slot.wait_s)

    slot.feed(steps.DialFailed(slot.generation, OpenFailure("tcp", "refused")))

    assert slot.state is State.BACKOFF
    assert slot.wait_s >= 0.25


def test_the_delay_starts_over_only_after_a_stable_life() -> None:
    slot = Slot(retry=RetryConfig(stable_after_s=5, breaker=False))
    slot.open()
    slot.advance(4.9)
    slot.lose(verdict("fin"))
    slot.open()
    assert slot.states.attempt == 2

    slot.advance(5)

    assert slot.states.attempt == 0


def test_with_an_application_heartbeat_only_its_answer_makes_a_life_stable() -> None:
    slot = Slot(app_heartbeat=AppHeartbeatConfig())
    slot.open()
    slot.advance(6)
    assert slot.states.attempt == 1

    slot.feed(steps.AppReady(slot.generation))

    assert slot.states.attempt == 0


def test_a_forced_closure_counts_neither_for_backoff_nor_for_the_breaker() -> None:
    slot = Slot(retry=RetryConfig(base_s=0.5))
    forced = verdict("rst", "local", by="disruption", forced="tcp_reset", life_s=0.1)

    waits = []
    for _ in range(12):
        slot.open()
        slot.lose(forced)
        waits.append(slot.wait_s)

    assert waits == [0.5] * 12
    assert slot.state is State.BACKOFF
    assert not any(isinstance(action, steps.AnnounceBreaker) for action in slot.actions)


def test_five_short_lives_open_the_breaker_and_one_try_follows_every_fifteen_seconds() -> None:
    slot = Slot()

    slot.play(120, lambda _: REFUSED)

    breaker = [action.state for action in slot.actions if isinstance(action, steps.AnnounceBreaker)]
    late = [later - earlier for earlier, later in zip(slot.dials[4:], slot.dials[5:], strict=False)]
    assert breaker[:3] == ["open", "half_open", "open"]
    assert all(15 * NS <= gap_ns <= 16 * NS for gap_ns in late)


def test_a_stable_connection_closes_the_breaker() -> None:
    slot = Slot()
    bring(slot, State.SUSPENDED)
    slot.open()

    slot.advance(5)

    assert slot.actions[-1] == steps.AnnounceBreaker("closed", "a connection proved stable")


def test_connect_now_always_works_while_the_breaker_is_open() -> None:
    slot = Slot()
    bring(slot, State.SUSPENDED)

    slot.feed(steps.ConnectNow())

    assert slot.state is State.RESOLVING


def test_retry_after_is_the_lower_bound_of_the_wait() -> None:
    slot = Slot()
    slot.feed(steps.ConnectNow())

    busy = OpenFailure("http", "HTTP 503", status=503, retry_after_ns=20 * NS)
    slot.feed(steps.DialFailed(slot.generation, busy))

    assert 20 <= slot.wait_s <= 22


@pytest.mark.parametrize("code", [1003, 1007, 1009, 1010])
def test_a_code_that_no_retry_mends_ends_in_failed_and_monitor_mode_looks_again(code: int) -> None:
    slot = Slot()
    slot.open()

    slot.lose(peer_close(code))

    waits, wait_s = slot.state, slot.wait_s
    slot.advance(wait_s)

    assert (waits, slot.state) == (State.FAILED, State.RESOLVING)
    assert wait_s * NS == MONITOR_EVERY_NS


def test_without_monitor_mode_failed_is_for_good() -> None:
    slot = Slot(retry=RetryConfig(monitor_mode=False))
    slot.feed(steps.ConnectNow())

    slot.feed(steps.DialFailed(slot.generation, FATAL))
    slot.advance(86_400)

    assert slot.state is State.FAILED
    assert len(slot.dials) == 1


@pytest.mark.parametrize("ending", ENDINGS)
def test_with_retrying_disabled_the_first_end_is_the_last(ending: Verdict) -> None:
    slot = Slot(retry=RetryConfig(enabled=False))
    slot.open()

    slot.lose(ending)
    slot.advance(3600)

    assert slot.state is State.STOPPED
    assert len(slot.dials) == 1


def test_with_retrying_disabled_a_failed_opening_is_the_last() -> None:
    slot = Slot(retry=RetryConfig(enabled=False))

    slot.play(3600, lambda _: REFUSED)

    assert slot.state is State.FAILED
    assert len(slot.dials) == 1


def test_a_heartbeat_that_gave_up_is_followed_by_another_dial() -> None:
    slot = Slot()
    slot.open()
    slot.feed(steps.Missed(slot.generation))

    actions = slot.feed(steps.GaveUp(slot.generation))
    assert steps.GiveUpConnection() in actions
    assert any(isinstance(action, steps.AbortConnection) for action in slot.advance(0.25)), "aborted after 250 ms"
    slot.lose(verdict("timeout", "local", by="heartbeat"))

    assert slot.state is State.BACKOFF


def test_hold_refuses_to_dial_until_its_time_is_over() -> None:
    slot = Slot()
    slot.open()
    slot.feed(steps.Hold(7 * NS))
    slot.lose(verdict("close_frame", "local", by="disruption", forced="hold_off"))
    assert slot.state is State.HOLD

    slot.advance(6.9)
    assert len(slot.dials) == 1
    slot.advance(0.1)

    assert len(slot.dials) == 2


def test_a_wake_up_probes_what_is_open_and_dials_what_waits() -> None:
    slot = Slot()
    slot.open()
    assert slot.feed(steps.Woke()) == [steps.CheckConnection()]
    slot.lose(verdict("fin", life_s=0.1))

    slot.feed(steps.Woke())

    assert slot.state is State.RESOLVING
    assert slot.states.attempt == 1


def test_the_budget_of_a_host_is_shared_and_bounds_automatic_dials_a_minute() -> None:
    budget = DialBudget()
    slots = [Slot(seed=seed, budget=budget, retry=RetryConfig(breaker=False, cap_s=0.5)) for seed in range(4)]
    for slot in slots:
        slot.feed(steps.ConnectNow())

    now_ns = slots[0].now_ns
    while now_ns < (1000 + 180) * NS:
        for slot in slots:
            slot.now_ns = now_ns
            if slot.dialing is not None:
                slot.feed(steps.DialFailed(slot.generation, OpenFailure("tcp", "refused")))
            slot.advance(0)
        now_ns += NS // 100

    dials = sorted(at_ns for slot in slots for at_ns in slot.dials[1:])
    busiest = max(sum(start <= at_ns < start + 60 * NS for at_ns in dials) for start in dials)
    assert busiest == LEAST_PER_MINUTE


def test_five_hundred_first_retries_are_spread_evenly() -> None:
    waits = []
    for seed in range(500):
        slot = Slot(seed=seed)
        bring(slot, State.BACKOFF)
        waits.append((slot.wait_s - 0.25) / 0.5)

    waits.sort()
    distance = max(abs(wait - index / 500) for index, wait in enumerate(waits))
    assert distance < 1.63 / 500**0.5, "Kolmogorov-Smirnov, 1 %"
