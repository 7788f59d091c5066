"""The engine as a whole: slots, names, sleep, many starts and stops, and a clean end."""

import asyncio
import gc
import os
import weakref

import pytest

from tests.engine.conftest import Certificates
from tests.engine.peer import CLOSE, PING, TEXT, Wire, close, peer, polite
from tests.engine.watching import Watch, endpoint, pings, retries, watching
from tests.fakes import FakeClock
from wsmonitor.engine.clocks.turns import AT_ONCE
from wsmonitor.engine.monitor import Monitor
from wsmonitor.facts.errors import UnknownEndpointError
from wsmonitor.facts.events import (
    AnyEvent,
    ClockAnchor,
    ClockJump,
    ConnectionClosed,
    Control,
    LoopLag,
    Message,
    RttSample,
    State,
    StateChanged,
)
from wsmonitor.settings.endpoint_settings import PingConfig, RetryConfig, TlsConfig, TrafficConfig, to_ns


async def silent(wire: Wire) -> None:
    """Accept and say nothing more."""
    await wire.upgrade()
    await wire.gone()


# Slots and numbers


async def test_parallel_connections_have_slots_of_their_own_and_are_counted_together() -> None:
    async with peer(polite) as listening, watching(endpoint(listening.url, connections=3)) as watch:
        await watch.state(State.OPEN, count=3)
        opens = [change for change in watch.all(StateChanged) if change.new is State.OPEN]

    assert sorted(change.slot for change in opens) == [0, 1, 2]
    assert [change.connection for change in opens] == [1, 2, 3]


async def test_a_message_goes_to_every_slot() -> None:
    got: list[bytes] = []

    async def reads(wire: Wire) -> None:
        await wire.upgrade()
        got.append((await wire.read_until(TEXT)).payload)
        await wire.gone()

    async with peer(reads) as listening, watching(endpoint(listening.url, connections=3)) as watch:
        await watch.state(State.OPEN, count=3)
        watch.monitor.send("peer", b"hi")
        await watch.fact(Message, lambda message: message.direction == "tx", count=3)
        watch.monitor.stop("peer")
        await watch.state(State.STOPPED, count=3)

    assert got == [b"hi"] * 3


async def test_events_of_a_connection_carry_its_number_until_the_next_opens() -> None:
    async def ends(wire: Wire) -> None:
        await wire.upgrade(close(1000))
        await wire.read_until(CLOSE)
        wire.end()

    async with peer(ends, polite) as listening, watching(endpoint(listening.url, retry=retries())) as watch:
        await watch.state(State.OPEN, count=2)
        changes = [(change.new, change.connection) for change in watch.all(StateChanged)]

    first_open = changes.index((State.OPEN, 1))
    assert {number for _, number in changes[:first_open]} == {0}
    assert {number for _, number in changes[first_open:-1]} == {1}
    assert changes[-1] == (State.OPEN, 2)


async def test_a_replaced_endpoint_goes_on_counting_its_connections() -> None:
    async with peer(polite) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.add(endpoint(listening.url))
        watch.monitor.connect("peer")
        again = await watch.state(State.OPEN, count=2)

    assert again.connection == 2


async def test_unknown_names_are_refused() -> None:
    async with watching(endpoint("ws://127.0.0.1:1/"), connect=False) as watch:
        for call in (watch.monitor.connect, watch.monitor.stop, watch.monitor.remove):
            with pytest.raises(UnknownEndpointError, match="nobody"):
                call("nobody")


@pytest.mark.parametrize("url", ["ws://127.0.0.1:${WSMONITOR_PORT}/", "ws://${WSMONITOR_HOST}:99999/", "http://h/", ""])
async def test_any_url_can_be_added_and_fails_only_when_it_is_dialled(url: str) -> None:
    async with watching(endpoint(url)) as watch:
        failed = await watch.failure()

    assert failed.fatal


# Being stopped and started


async def test_stopping_twice_is_one_close() -> None:
    closes: list[int] = []

    async def counts(wire: Wire) -> None:
        await wire.upgrade()
        while True:
            closes.append((await wire.read_until(CLOSE)).opcode)
            wire.write(close(1000))
            wire.end()

    async with peer(counts) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.stop("peer")
        watch.monitor.stop("peer")
        await watch.state(State.STOPPED)
        watch.monitor.stop("peer")
        await listening.played(1)

    assert closes == [CLOSE]


async def test_ten_connects_during_backoff_are_one_connection() -> None:
    async def ends(wire: Wire) -> None:
        await wire.upgrade()
        wire.end()

    retry = RetryConfig(base_s=30, cap_s=30)
    async with peer(ends, polite) as listening, watching(endpoint(listening.url, retry=retry)) as watch:
        await watch.state(State.BACKOFF)
        for _ in range(10):
            watch.monitor.connect("peer")
        await watch.state(State.OPEN, count=2)

        assert len(listening.wires) == 2


async def test_at_no_time_are_two_connections_of_a_slot_alive() -> None:
    alive = most = 0

    async def resets(wire: Wire) -> None:
        nonlocal alive, most
        alive += 1
        most = max(most, alive)
        await wire.upgrade()
        await wire.read_until(TEXT)
        alive -= 1
        wire.reset()

    settings = {"retry": retries(), "preamble": ("hi",)}
    async with peer(resets) as listening, watching(endpoint(listening.url, **settings)) as watch:
        for count in range(1, 6):
            await watch.verdict(count=count)
            watch.monitor.connect("peer")

    assert most == 1


def open_descriptors() -> int:
    """How many files and sockets this process has open; 0 where the system does not tell."""
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


async def test_fifty_starts_and_stops_leave_neither_tasks_nor_descriptors_nor_endpoints() -> None:
    async with peer(polite) as listening:
        before = open_descriptors()
        tasks = len(asyncio.all_tasks())
        gone: list[weakref.ref[object]] = []
        async with watching(endpoint(listening.url), connect=False) as watch:
            for number in range(1, 51):
                watch.monitor.add(endpoint(listening.url))
                gone.append(weakref.ref(watch.monitor._endpoints["peer"]))
                watch.monitor.connect("peer")
                await watch.state(State.OPEN, count=number)
                watch.monitor.stop("peer")
                await watch.state(State.STOPPED, count=number)
        await listening.played(50)
        del watch
        for wire_ in listening.wires:
            wire_.give_up()
        await asyncio.sleep(0)
        gc.collect()

        assert len(asyncio.all_tasks()) == tasks
        assert sum(ref() is not None for ref in gone) == 0
        assert open_descriptors() <= before + 1


# The end


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
async def test_closing_states_every_closure_though_no_peer_answers(certificates: Certificates, secure: bool) -> None:
    context = certificates.good if secure else None
    async with (
        peer(silent, tls=context) as listening,
        watching(endpoint(listening.url, connections=3, tls=TlsConfig(ca=certificates.ca_file))) as watch,
    ):
        await watch.state(State.OPEN, count=3)
        await watch.monitor.close(0.05)
        verdicts = [closed.verdict for closed in watch.all(ConnectionClosed)]
        last = {change.slot: change.new for change in watch.all(StateChanged)}

    assert [(verdict.by, verdict.mechanism) for verdict in verdicts] == [("stop", "close_frame")] * 3
    assert set(last.values()) == {State.STOPPED}


async def test_a_close_that_was_cancelled_can_be_asked_for_again() -> None:
    async with peer(silent) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        closing = asyncio.create_task(watch.monitor.close(5))
        await watch.state(State.CLOSING)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing

        await watch.monitor.close(0.05)

        assert watch.all(ConnectionClosed)


async def test_a_removed_endpoint_gives_its_share_of_the_dials_back() -> None:
    watch = Watch(FakeClock())
    host_port = "127.0.0.1:1"
    budget = watch.monitor._shared.budget

    for _ in range(3):
        watch.monitor.add(endpoint(f"ws://{host_port}/", connections=40))
        watch.monitor.remove("peer")
    spent = sum(budget.take(host_port, 0, by="feed") is None for _ in range(100))

    assert spent == 30
    await watch.monitor.close(0)


async def test_nothing_is_dialled_after_the_end() -> None:
    async def ends(wire: Wire) -> None:
        await wire.upgrade()
        wire.end()

    clock = FakeClock()
    async with peer(ends) as listening:
        async with watching(endpoint(listening.url, retry=retries()), clock=clock) as watch:
            await watch.verdict()
        clock.advance(3600)

        assert clock.pending == []
        assert len(listening.wires) == 1


async def test_a_removed_endpoint_closes_and_says_so() -> None:
    async with peer(polite) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.remove("peer")
        verdict = await watch.verdict()

        assert verdict.by == "stop"


# Sleep, and other people's clocks


async def test_after_a_sleep_a_dead_connection_is_noticed_within_two_seconds_and_replaced() -> None:
    clock = FakeClock()
    settings = {"retry": retries(), "ping": PingConfig()}
    async with (
        peer(silent, polite) as listening,
        watching(endpoint(listening.url, **settings), clock=clock) as watch,
    ):
        await watch.state(State.OPEN)
        clock.advance(5)
        clock.sleep(3600)
        clock.advance(0.1)
        jump = await watch.fact(ClockJump)
        await watch.fact(Control, lambda control: (control.direction, control.opcode) == ("tx", PING))
        clock.advance(2)
        clock.advance(0.5)
        verdict = await watch.verdict()
        clock.advance(1)
        await watch.state(State.OPEN, count=2)

    assert (jump.kind, jump.gap_ns) == ("sleep", to_ns(3600))
    assert (verdict.mechanism, verdict.by) == ("timeout", "heartbeat")


async def test_after_a_sleep_a_living_connection_stays() -> None:
    clock = FakeClock()
    async with peer(polite) as listening, watching(endpoint(listening.url, ping=PingConfig()), clock=clock) as watch:
        await watch.state(State.OPEN)
        clock.sleep(3600)
        clock.advance(0.1)
        await watch.fact(RttSample)
        clock.advance(10)

        assert watch.all(ConnectionClosed) == []


async def test_without_pings_a_sleep_sends_none() -> None:
    clock = FakeClock()
    async with peer(polite) as listening, watching(endpoint(listening.url), clock=clock) as watch:
        await watch.state(State.OPEN)
        clock.sleep(3600)
        clock.advance(3)

        assert [control for control in watch.all(Control) if control.opcode == PING] == []


async def test_a_minute_of_pings_takes_no_time() -> None:
    clock = FakeClock()
    async with (
        peer(polite) as listening,
        watching(endpoint(listening.url, ping=PingConfig(interval_s=1)), clock=clock) as watch,
    ):
        await watch.state(State.OPEN)
        for count in range(1, 61):
            clock.advance(1)
            await watch.fact(RttSample, lambda sample: sample.kind == "ws", count=count)

        assert watch.all(ConnectionClosed) == []


async def test_anchors_come_first_every_minute_and_after_each_jump() -> None:
    clock = FakeClock()
    events: list[AnyEvent] = []
    monitor = Monitor(events.append, clock=clock)

    clock.advance(125)
    clock.wall_offset_ns += to_ns(10)
    clock.advance(1)
    await monitor.close(0)

    anchors = [event for event in events if isinstance(event, ClockAnchor)]
    assert events[0] is anchors[0]
    assert len(anchors) == 4
    assert anchors[-1].wall_ns - anchors[-1].at_ns == anchors[0].wall_ns - anchors[0].at_ns + to_ns(10)


async def test_a_loop_that_was_held_up_says_so_with_the_very_sample_that_suffered() -> None:
    clock = FakeClock()
    async with (
        peer(polite) as listening,
        watching(endpoint(listening.url, ping=PingConfig(interval_s=1)), clock=clock) as watch,
    ):
        await watch.state(State.OPEN)
        clock.advance(1)
        clock._now_ns += to_ns(0.7)  # nothing ran for so long; sockets are read before timers
        sample = await watch.fact(RttSample, lambda sample: sample.kind == "ws")
        clock.advance(1)
        lag = await watch.fact(LoopLag, lambda event: event.lag_ns > to_ns(0.5))

    assert sample.lag_ns >= to_ns(0.6)
    assert lag.lag_ns >= to_ns(0.6)


# Traffic of one's own


async def test_traffic_keeps_its_pace_from_the_first_dial_connected_or_not() -> None:
    clock = FakeClock()
    traffic = TrafficConfig(messages=("a ${seq}", "b ${seq}"), every_s=1)
    async with watching(endpoint("ws://127.0.0.1:1/", traffic=traffic), clock=clock) as watch:
        clock.advance(3.5)

        assert watch.monitor._endpoints["peer"].slots[0].outbox.depth == 8


async def test_pings_of_many_slots_do_not_leave_at_once() -> None:
    async with peer(polite) as listening:
        config = endpoint(listening.url, connections=4, ping=pings(0.2, 1))
        async with watching(config) as watch:
            await watch.state(State.OPEN, count=4)
            await watch.fact(RttSample, lambda sample: sample.kind == "ws", count=8)
            first = _first_pings(watch)

    assert len(set(first)) == 4


def _first_pings(watch: Watch) -> list[int]:
    found: dict[int, int] = {}
    for control in watch.all(Control):
        if control.opcode == PING and control.slot not in found:
            found[control.slot] = control.at_ns
    return list(found.values())


@pytest.mark.expects_log("wsmonitor.engine.slot")
async def test_an_action_that_fails_is_logged_and_what_else_was_decided_is_carried_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    events: list[AnyEvent] = []
    opened = asyncio.Event()

    def publish(event: AnyEvent) -> None:
        if isinstance(event, StateChanged) and event.new is State.RESOLVING:
            raise ValueError("cannot take it")
        events.append(event)
        if isinstance(event, StateChanged) and event.new is State.OPEN:
            opened.set()

    async with peer(polite) as listening:
        monitor = Monitor(publish)
        monitor.add(endpoint(listening.url))
        monitor.connect("peer")
        await asyncio.wait_for(opened.wait(), 5)
        await monitor.close()

    assert next(event.new for event in events if isinstance(event, StateChanged)) is State.CONNECTING
    assert [record.message for record in caplog.records if record.exc_info] == ["Announce failed"]


MORE_THAN_AT_ONCE = AT_ONCE + 20


async def test_more_connections_than_may_open_at_once_all_open() -> None:
    async with (
        peer(polite) as listening,
        watching(endpoint(listening.url, connections=MORE_THAN_AT_ONCE)) as watch,
    ):
        await watch.state(State.OPEN, count=MORE_THAN_AT_ONCE)

        assert {change.slot for change in watch.all(StateChanged)} == set(range(MORE_THAN_AT_ONCE))


async def test_what_was_stopped_before_its_turn_is_not_dialled() -> None:
    async def mute(wire: Wire) -> None:
        await wire.request()
        await wire.gone()

    async with peer(mute) as listening, watching(endpoint(listening.url, connections=MORE_THAN_AT_ONCE)) as watch:
        await watch.state(State.UPGRADING, count=AT_ONCE)

        watch.monitor.stop("peer")
        await watch.state(State.STOPPED, count=MORE_THAN_AT_ONCE)
        await asyncio.sleep(0)

        begun = [change.slot for change in watch.all(StateChanged) if change.new is State.RESOLVING]
        assert begun == list(range(AT_ONCE))
