"""The state machine, without a socket and without waiting."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.builders import peer_close, verdict
from tests.engine.slot import LINKED, ORDER, REFUSED, Slot
from wsmonitor.engine import steps
from wsmonitor.engine.redialling.dial_budget import DialBudget
from wsmonitor.engine.states import MOVES, TABLE
from wsmonitor.engine.steps import OpenFailure
from wsmonitor.facts.events import State
from wsmonitor.settings.endpoint_settings import NS, AppHeartbeatConfig, CloseConfig, ConnectConfig, RetryConfig, to_ns

FATAL = OpenFailure("http", "HTTP 403 Forbidden", status=403, fatal=True)
OFFLINE = OpenFailure("tcp", "no route", offline=True)
ENDINGS = (
    verdict("fin"),
    verdict("rst", life_s=0.1),
    verdict("timeout", "local", by="heartbeat"),
    verdict("close_frame", "local", by="stop"),
    verdict("rst", "local", by="disruption", forced="tcp_reset", life_s=0.1),
    peer_close(1000),
    peer_close(1001),
    peer_close(1008),
    peer_close(1011, life_s=0.01),
    peer_close(1012),
    peer_close(1013),
    peer_close(4001),
)


# A random walk


class Walk:
    """Random wishes, network events, time and stale reports, in any order."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        retry = RetryConfig(
            enabled=chance.random() < 0.8, breaker=chance.random() < 0.7, monitor_mode=chance.random() < 0.7
        )
        app = AppHeartbeatConfig() if chance.random() < 0.3 else None
        self.slot = Slot(seed=chance.randrange(1000), retry=retry, app_heartbeat=app)

    def step(self) -> None:
        slot, chance = self.slot, self.chance
        generation = slot.generation
        if chance.random() < 0.2:
            before = (slot.state, slot.states.deadline_ns, slot.states.attempt)
            assert slot.feed(self._report(generation - chance.randrange(1, 4))) == []
            assert (slot.state, slot.states.deadline_ns, slot.states.attempt) == before, "stale reports change nothing"
        elif chance.random() < 0.3:
            slot.advance(chance.choice((0.01, 1, 6, 20, 400)))
            if slot.linked is not None and any(
                isinstance(action, steps.AbortConnection) for action in slot.actions[-3:]
            ):
                slot.lose(chance.choice(ENDINGS))
        elif chance.random() < 0.3:
            slot.feed(
                chance.choice(
                    (
                        steps.ConnectNow(),
                        steps.Stop(),
                        steps.ConnectNow(),
                        steps.Hold(NS),
                        steps.NetworkUp(),
                        steps.Woke(),
                    )
                )
            )
        elif slot.state.is_opening and chance.random() < 0.7:
            slot.phases(chance.choice(ORDER[slot.state]))
        else:
            slot.feed(self._report(generation))

    def _report(self, generation: int) -> steps.Input:
        return self.chance.choice(
            (
                steps.Opened(generation),
                steps.DialFailed(generation, self.chance.choice((REFUSED.failure or FATAL, FATAL, OFFLINE))),
                steps.Missed(generation),
                steps.Alive(generation),
                steps.AppReady(generation),
                steps.GaveUp(generation),
                steps.Ended(generation),
                steps.Lost(generation, self.chance.choice(ENDINGS)),
            )
        )


@settings(max_examples=4)
@given(st.integers(0, 2**32))
def test_ten_thousand_random_steps_never_leave_the_table(seed: int) -> None:
    walk = Walk(random.Random(seed))

    for _ in range(10_000):
        walk.step()

    assert walk.slot.dials, "the walk got somewhere"


@settings(max_examples=40)
@given(st.randoms(use_true_random=False), st.integers(0, 200))
def test_a_stop_at_any_moment_ends_in_stopped_within_the_close_timeout_and_a_second(
    chance: random.Random, moment: int
) -> None:
    walk = Walk(chance)
    for _ in range(moment):
        walk.step()
    slot = walk.slot
    stopped_ns = slot.now_ns

    slot.feed(steps.Stop())
    while slot.state in LINKED:
        aborts = [action for action in slot.advance(30) if isinstance(action, steps.AbortConnection)]
        assert aborts, "a connection that does not close is aborted"
        slot.lose(verdict("close_frame", "local", by="stop"))

    assert slot.state is State.STOPPED
    assert slot.now_ns - stopped_ns <= to_ns(5 + 1)


def test_a_walk_visits_every_state() -> None:
    seen: set[State] = set()
    for seed in range(20):
        walk = Walk(random.Random(seed))
        for _ in range(500):
            walk.step()
            seen.add(walk.slot.state)

    assert seen == set(State)


# The table


def test_every_state_has_a_row_and_its_moves() -> None:
    assert set(TABLE) == set(State) == set(MOVES)


@pytest.mark.parametrize("state", [state for state in State if state is not State.STOPPED])
def test_every_state_knows_stop(state: State) -> None:
    assert steps.Stop in TABLE[state]


def test_degraded_has_every_row_of_open_but_the_miss_that_led_there() -> None:
    assert set(TABLE[State.OPEN]) - {steps.Missed} == set(TABLE[State.DEGRADED]) - {steps.Alive}


def bring(slot: Slot, state: State) -> None:
    """Lead a slot into `state` the way it happens."""
    roads: dict[State, Callable[[], object]] = {
        State.RESOLVING: lambda: None,
        State.CONNECTING: lambda: slot.phases("tcp"),
        State.SECURING: lambda: slot.phases("tcp", "tls"),
        State.UPGRADING: lambda: slot.phases("tcp", "tls", "http"),
        State.BACKOFF: lambda: slot.feed(steps.DialFailed(slot.generation, OpenFailure("tcp", "refused"))),
        State.OFFLINE: lambda: slot.feed(steps.DialFailed(slot.generation, OFFLINE)),
        State.FAILED: lambda: slot.feed(steps.DialFailed(slot.generation, FATAL)),
        State.HOLD: lambda: slot.feed(steps.Hold(10 * NS)),
        State.STOPPED: lambda: slot.feed(steps.Stop()),
    }
    if state is State.IDLE:
        return
    if state is State.SUSPENDED:
        slot.play(30, lambda _: REFUSED)
    elif state in LINKED:
        slot.open()
        after: dict[State, steps.Input] = {
            State.DEGRADED: steps.Missed(slot.generation),
            State.CLOSING: steps.Ended(slot.generation),
        }
        if state in after:
            slot.feed(after[state])
    else:
        slot.feed(steps.ConnectNow())
        roads[state]()
    assert slot.state is state


@pytest.mark.parametrize("state", list(State))
def test_stop_ends_in_stopped_from_every_state_even_if_the_peer_never_answers(state: State) -> None:
    slot = Slot()
    bring(slot, state)
    began_ns = slot.now_ns

    slot.feed(steps.Stop())
    if slot.linked is not None:
        slot.advance(30)  # the machine aborts at its limit
        slot.lose(verdict("close_frame", "local", by="stop"))

    assert slot.state is State.STOPPED
    assert slot.now_ns - began_ns <= to_ns(5 + 1)


@pytest.mark.parametrize("state", [state for state in State if not state.is_open and not state.is_opening])
def test_connect_now_dials_from_every_state_that_is_down(state: State) -> None:
    slot = Slot()
    bring(slot, state)
    before = len(slot.dials)

    slot.feed(steps.ConnectNow())
    if slot.linked is not None:
        slot.lose(verdict("fin"))

    assert slot.state is State.RESOLVING
    assert len(slot.dials) == before + 1


@pytest.mark.parametrize("state", [state for state in State if state.is_opening or state.is_open])
def test_connect_now_changes_nothing_while_opening_or_open(state: State) -> None:
    slot = Slot()
    bring(slot, state)

    assert slot.feed(steps.ConnectNow()) == []


@pytest.mark.parametrize("state", [state for state in State if state.is_opening])
def test_stop_while_opening_cancels_the_dial_and_what_it_still_reports_is_not_heard(state: State) -> None:
    slot = Slot()
    bring(slot, state)

    actions = slot.feed(steps.Stop())

    assert steps.CancelDial() in actions
    assert slot.feed(steps.Opened(slot.generation)) == []
    assert slot.state is State.STOPPED


def test_stopped_while_opening_a_slot_opens_when_started_again() -> None:
    slot = Slot()
    bring(slot, State.UPGRADING)
    slot.feed(steps.Stop())

    slot.open()

    assert slot.state is State.OPEN


def test_ten_connect_nows_during_backoff_are_one_dial() -> None:
    slot = Slot()
    bring(slot, State.BACKOFF)

    for _ in range(10):
        slot.feed(steps.ConnectNow())

    assert len(slot.dials) == 2
    assert slot.state is State.RESOLVING


def test_an_hour_after_stop_nothing_was_dialled() -> None:
    slot = Slot()
    bring(slot, State.BACKOFF)

    slot.feed(steps.Stop())
    slot.advance(3600)

    assert len(slot.dials) == 1
    assert slot.states.deadline_ns is None


def test_the_end_of_an_old_connection_does_not_touch_the_new_one() -> None:
    slot = Slot()
    slot.open()
    old = slot.generation
    slot.lose(verdict("fin"))
    slot.open()

    assert slot.feed(steps.Lost(old, verdict("rst"))) == []
    assert slot.state is State.OPEN


def test_start_while_closing_after_stop_dials_once_the_old_connection_is_gone() -> None:
    slot = Slot()
    slot.open()
    slot.feed(steps.Stop())

    slot.feed(steps.ConnectNow())
    assert len(slot.dials) == 1
    slot.lose(verdict("close_frame", "local", by="stop"))

    assert len(slot.dials) == 2


# The opening


@pytest.mark.parametrize(
    ("phases", "named"), [((), "dns"), (("tcp",), "tcp"), (("tcp", "tls"), "tls"), (("tcp", "tls", "http"), "http")]
)
def test_an_opening_that_takes_too_long_fails_in_the_phase_it_was_in(phases: tuple[str, ...], named: str) -> None:
    slot = Slot(connect=ConnectConfig(timeout_s=3))
    slot.feed(steps.ConnectNow())
    slot.phases(*phases)  # type: ignore[arg-type]  # they are phases

    actions = slot.advance(3)

    (failed,) = (action for action in actions if isinstance(action, steps.AnnounceFailure))
    assert (failed.failure.phase, failed.duration_ns) == (named, 3 * NS)
    assert "3 s" in failed.failure.error
    assert steps.CancelDial() in actions
    assert slot.state is State.BACKOFF


def test_the_limit_covers_the_whole_opening_redirects_included() -> None:
    slot = Slot(connect=ConnectConfig(timeout_s=3))
    slot.feed(steps.ConnectNow())
    for _ in range(3):
        slot.phases("tcp", "http")
        slot.advance(0.9)
        slot.phases("dns")

    slot.advance(0.3)

    assert slot.state is State.BACKOFF


def test_no_route_waits_for_the_network_instead_of_backing_off() -> None:
    slot = Slot()
    bring(slot, State.OFFLINE)

    slot.feed(steps.NetworkUp())

    assert slot.state is State.RESOLVING


@pytest.mark.parametrize("state", [State.RESOLVING, State.CONNECTING, State.SECURING, State.UPGRADING])
def test_losing_the_network_in_any_phase_is_followed_by_another_dial(state: State) -> None:
    slot = Slot()
    bring(slot, state)

    slot.feed(steps.DialFailed(slot.generation, OFFLINE))
    slot.advance(15)

    assert slot.state is State.RESOLVING


def test_a_connection_that_does_not_close_is_aborted_after_the_close_timeout() -> None:
    slot = Slot(close=CloseConfig(timeout_s=2))
    slot.open()
    slot.feed(steps.Ended(slot.generation))

    assert slot.advance(1.9) == []
    assert slot.advance(0.1) == [steps.AbortConnection()]


# What each step decides, to the word


def announced(old: State, new: State, cause: str, *, attempt: int = 1, retry_in_s: float | None = None) -> steps.Action:
    return steps.Announce(old, new, attempt, None if retry_in_s is None else to_ns(retry_in_s), cause)


CLOSES_FOR_STOP = steps.CloseConnection(1000, "", "stop")
CLOSES_FOR_HOLD = steps.CloseConnection(1000, "", "disruption")
DECISIONS: list[tuple[State, steps.Input, list[steps.Action], float | None]] = [
    (State.OPEN, steps.Stop(), [CLOSES_FOR_STOP, announced(State.OPEN, State.CLOSING, "stopped")], 5.0),
    (State.OPEN, steps.Stop(NS), [CLOSES_FOR_STOP, announced(State.OPEN, State.CLOSING, "stopped")], 1.0),
    (State.OPEN, steps.Stop(9 * NS), [CLOSES_FOR_STOP, announced(State.OPEN, State.CLOSING, "stopped")], 5.0),
    (State.OPEN, steps.Hold(NS), [CLOSES_FOR_HOLD, announced(State.OPEN, State.CLOSING, "held off")], 5.0),
    (State.OPEN, steps.Missed(1, "one missed"), [announced(State.OPEN, State.DEGRADED, "one missed")], 3.0),
    (State.OPEN, steps.Ended(1), [announced(State.OPEN, State.CLOSING, "closing")], 5.0),
    (
        *(State.OPEN, steps.GaveUp(1)),
        [steps.GiveUpConnection(), announced(State.OPEN, State.CLOSING, "heartbeat gave up")],
        0.25,
    ),
    (State.OPEN, steps.Woke(), [steps.CheckConnection()], 3.0),
    (State.OPEN, steps.NetworkUp(), [steps.CheckConnection()], 3.0),
    (State.DEGRADED, steps.Alive(1), [announced(State.DEGRADED, State.OPEN, "bytes received")], 3.0),
    (State.CLOSING, steps.Stop(NS), [], 1.0),
    (State.CLOSING, steps.Stop(9 * NS), [], 5.0),
    (State.CLOSING, steps.Stop(), [], 5.0),
    (State.CLOSING, steps.Elapsed(), [steps.AbortConnection()], 5.0),
    (State.IDLE, steps.ConnectNow(), [announced(State.IDLE, State.RESOLVING, "asked to connect"), steps.Dial(1)], 20.0),
    (State.IDLE, steps.Stop(), [announced(State.IDLE, State.STOPPED, "stopped", attempt=0)], None),
    (State.IDLE, steps.Hold(NS), [], None),
    (State.UPGRADING, steps.Opened(1), [announced(State.UPGRADING, State.OPEN, "connected")], 5.0),
    (State.UPGRADING, steps.PhaseBegan(1, "dns"), [announced(State.UPGRADING, State.RESOLVING, "redirected")], 20.0),
    (State.RESOLVING, steps.PhaseBegan(1, "tcp"), [announced(State.RESOLVING, State.CONNECTING, "")], 20.0),
    (
        *(State.RESOLVING, steps.Hold(NS)),
        [steps.CancelDial(), announced(State.RESOLVING, State.HOLD, "held off", retry_in_s=1.0)],
        1.0,
    ),
    (State.BACKOFF, steps.Hold(NS), [announced(State.BACKOFF, State.HOLD, "held off", retry_in_s=1.0)], 1.0),
    (State.FAILED, steps.Hold(NS), [announced(State.FAILED, State.HOLD, "held off", retry_in_s=1.0)], 1.0),
    (State.STOPPED, steps.Hold(NS), [], None),
]


@pytest.mark.parametrize(("state", "step", "actions", "wait_s"), DECISIONS)
def test_what_a_step_decides_and_when_the_slot_wants_to_be_woken(
    state: State, step: steps.Input, actions: list[steps.Action], wait_s: float | None
) -> None:
    slot = Slot(connect=ConnectConfig(timeout_s=20))
    bring(slot, state)
    slot.advance(2) if state.is_open and not isinstance(step, steps.Stop | steps.Hold) else None

    assert slot.feed(step) == actions
    assert (None if slot.states.deadline_ns is None else slot.wait_s) == wait_s


@pytest.mark.parametrize(
    ("wish", "cause", "new"),
    [
        (steps.Stop(), "stopped", State.STOPPED),
        (steps.Hold(NS), "held off", State.HOLD),
        (steps.ConnectNow(), "asked to connect", State.RESOLVING),
    ],
)
def test_a_wish_while_closing_is_carried_out_once_the_connection_is_gone(
    wish: steps.Input, cause: str, new: State
) -> None:
    slot = Slot()
    bring(slot, State.CLOSING)
    slot.feed(wish)

    actions = slot.feed(steps.Lost(slot.generation, verdict("fin")))

    (said,) = (action for action in actions if isinstance(action, steps.Announce))
    assert (said.old, said.new, said.cause) == (State.CLOSING, new, cause)


def test_where_no_next_try_is_to_come_there_is_nothing_to_hold_off() -> None:
    slot = Slot(retry=RetryConfig(enabled=False))
    bring(slot, State.FAILED)
    assert slot.states.deadline_ns is None

    assert slot.feed(steps.Hold(NS)) == []


@pytest.mark.parametrize(
    ("step", "cause"),
    [(steps.Elapsed(), "time to dial again"), (steps.Woke(), "the network changed or the machine woke")],
)
def test_a_dial_of_our_own_says_why_and_counts_against_the_budget_of_its_host(step: steps.Input, cause: str) -> None:
    budget = DialBudget()
    slot = Slot(budget=budget)
    bring(slot, State.BACKOFF)

    dialled = slot.feed(step)
    slot.feed(steps.DialFailed(slot.generation, OpenFailure("tcp", "refused")))
    while (free_at_ns := budget.take("host.example:80", slot.now_ns, by="other")) is None:
        pass
    waits = slot.feed(step)

    assert [action.cause for action in dialled if isinstance(action, steps.Announce)] == [cause]
    (said,) = waits
    assert isinstance(said, steps.Announce)
    assert (said.new, said.cause) == (State.BACKOFF, budget.why("host.example:80"))
    assert said.retry_in_ns is not None
    assert "29 by “other”" in said.cause
    assert 0 < said.retry_in_ns <= free_at_ns - slot.now_ns
