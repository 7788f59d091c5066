"""Heartbeats of the application: pure rules on virtual time, then against a raw peer."""

import json
import logging
from typing import Any

import pytest

from tests.engine.peer import CLOSE, TEXT, Wire, close, peer, text
from tests.engine.watching import Watch, endpoint, watching
from tests.fakes import FakeClock
from wsmonitor.engine.heartbeats.app_beats import AppAnswer, AppHeartbeat, PeerBeat, with_preset
from wsmonitor.engine.heartbeats.message_match import ReceivedText
from wsmonitor.facts.events import ConnectionClosed, HeartbeatMissed, Message, PhaseDone, RttSample, State, StateChanged
from wsmonitor.settings.endpoint_settings import AppHeartbeatConfig, Correlation, MatchRule, to_ns
from wsmonitor.tables.heartbeat_presets import PRESETS

BY_ID = Correlation(path="$.id", equals="${seq}")


def s(seconds: float) -> int:
    return to_ns(seconds)


def beating(**settings: Any) -> AppHeartbeat:
    """A heartbeat every 25 s, opened at 0."""
    return AppHeartbeat(AppHeartbeatConfig(**settings), opened_ns=0)


def pong(number: int | None = None) -> ReceivedText:
    body: dict[str, object] = {"type": "pong"} if number is None else {"type": "pong", "id": str(number)}
    return ReceivedText(json.dumps(body).encode())


# Rules


def test_it_beats_every_interval_from_the_opening() -> None:
    beat = beating()

    times = []
    for second in range(101):
        if beat.is_due(s(second)):
            times.append(second)

    assert times == [25, 50, 75, 100]


def test_only_when_idle_it_beats_only_if_the_last_beat_and_the_last_activity_are_an_interval_ago() -> None:
    beat = beating(only_when_idle=True, interval_s=5)
    beat.active(s(3))

    assert not beat.is_due(s(5))
    assert beat.is_due(s(8))
    assert not beat.is_due(s(9))
    assert beat.deadline_ns == s(13)


def test_an_answer_with_the_right_id_is_a_round_trip_and_another_is_none() -> None:
    beat = beating(correlate=BY_ID)
    beat.sent(s(1), correlation="1")
    beat.sent(s(2), correlation="2")

    assert beat.received(pong(9), s(3)) is None
    assert beat.received(pong(2), s(3)) == AppAnswer(2, s(2), s(1))
    assert beat.received(pong(1), s(4)) == AppAnswer(1, s(1), s(3))
    assert beat.received(pong(1), s(5)) is None


def test_without_correlation_answers_count_first_in_first_out() -> None:
    beat = beating()
    beat.sent(s(1), correlation="")
    beat.sent(s(2), correlation="")

    assert beat.received(pong(), s(3)) == AppAnswer(1, s(1), s(2))
    assert beat.received(pong(), s(3)) == AppAnswer(2, s(2), s(1))
    assert beat.received(pong(), s(3)) is None


def test_unanswered_beats_are_missed_and_give_up_only_where_the_settings_want_it() -> None:
    for on_miss, gives_up in (("degrade", [False] * 4), ("close", [False, False, True, True])):
        beat = beating(on_miss=on_miss, max_missed=2, timeout_s=10)
        missed = []
        for number in range(1, 5):
            beat.sent(s(25 * number), correlation="")
            missed += beat.misses(s(25 * number + 10))

        assert [miss.consecutive for miss in missed] == [1, 2, 3, 4]
        assert [miss.gives_up for miss in missed] == gives_up
        assert all(miss.waited_ns == s(10) for miss in missed)


def test_an_answer_ends_the_row_of_misses() -> None:
    beat = beating(timeout_s=1)
    beat.sent(s(1), correlation="")
    beat.misses(s(2))
    beat.sent(s(3), correlation="")
    beat.received(pong(), s(3.5))
    beat.sent(s(4), correlation="")

    (miss,) = beat.misses(s(5))

    assert miss.consecutive == 1


def test_a_server_that_beats_is_answered_and_missed_when_it_stops() -> None:
    rule = (MatchRule(op="text_eq", value="2"),)
    beat = beating(direction="server", match=rule, reply="3", interval_s=25, timeout_s=10)

    assert not beat.is_due(s(1000))
    assert isinstance(beat.received(ReceivedText(b"2"), s(20)), PeerBeat)
    assert beat.reply == "3"
    assert beat.misses(s(54.9)) == []
    assert [miss.consecutive for miss in beat.misses(s(55))] == [1]
    assert beat.misses(s(56)) == []


def test_after_a_pause_nothing_is_missed() -> None:
    beat = beating(timeout_s=1)
    beat.sent(s(1), correlation="")

    beat.skip_to(s(100))

    assert beat.misses(s(100)) == []
    assert beat.deadline_ns == s(125)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_used(name: str) -> None:
    config = with_preset(AppHeartbeatConfig(preset=name))

    assert config.match
    assert config.request or config.direction == "server"


def test_what_the_user_says_himself_wins_over_the_preset() -> None:
    config = with_preset(AppHeartbeatConfig(preset="graphql-ws", request='{"type":"custom"}'))

    assert config.request == '{"type":"custom"}'


# On the wire


def fast(**settings: Any) -> AppHeartbeatConfig:
    return AppHeartbeatConfig(**{"interval_s": 0.05, "timeout_s": 0.05, "correlate": BY_ID, **settings})


async def answers(wire: Wire) -> None:
    """Answer each `ping` with a `pong` of the same id."""
    await wire.upgrade()
    while (received := await wire.read()).opcode != CLOSE:
        request = json.loads(received.payload)
        wire.write(text(json.dumps({"type": "pong", "id": request["id"]})))
    wire.write(close(1000))
    wire.end()


async def test_answered_beats_are_round_trips_of_their_own_kind() -> None:
    async with peer(answers) as listening, watching(endpoint(listening.url, app_heartbeat=fast())) as watch:
        await watch.fact(RttSample, lambda sample: sample.kind == "app", count=3)

        assert [done.phase for done in watch.all(PhaseDone)].count("app_ready") == 1
        assert watch.all(HeartbeatMissed) == []


async def test_an_application_that_does_not_answer_is_degraded_not_closed() -> None:
    async def deaf(wire: Wire) -> None:
        await wire.upgrade()
        await wire.gone()

    async with peer(deaf) as listening, watching(endpoint(listening.url, app_heartbeat=fast())) as watch:
        missed = await watch.fact(HeartbeatMissed, count=4)

        assert (missed.kind, missed.consecutive) == ("app", 4)
        assert [change.new for change in watch.all(StateChanged)][-1] is State.DEGRADED
        assert watch.all(ConnectionClosed) == []


async def test_where_the_user_wants_it_a_deaf_application_is_closed_by_the_heartbeat() -> None:
    async def deaf(wire: Wire) -> None:
        await wire.upgrade()
        await wire.gone()

    app = fast(on_miss="close", max_missed=1)
    async with peer(deaf) as listening, watching(endpoint(listening.url, app_heartbeat=app)) as watch:
        verdict = await watch.verdict()

    assert (verdict.initiator, verdict.mechanism, verdict.by) == ("local", "timeout", "heartbeat")


async def test_an_answer_brings_a_degraded_connection_back() -> None:
    async def slow_to_start(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(TEXT)
        await wire.read_until(TEXT)
        received = await wire.read_until(TEXT)
        wire.write(text(json.dumps({"type": "pong", "id": json.loads(received.payload)["id"]})))
        await wire.gone()

    async with peer(slow_to_start) as listening, watching(endpoint(listening.url, app_heartbeat=fast())) as watch:
        await watch.state(State.DEGRADED)
        await watch.state(State.OPEN, count=2)


async def test_a_heartbeat_of_the_server_is_answered() -> None:
    async def server_beats(wire: Wire) -> None:
        await wire.upgrade(text("2"))
        assert (await wire.read_until(TEXT)).payload == b"3"
        wire.write(close(1000))
        wire.end()

    app = AppHeartbeatConfig(preset="socket.io")
    async with peer(server_beats) as listening, watching(endpoint(listening.url, app_heartbeat=app)) as watch:
        assert (await watch.verdict()).received_code == 1000


async def test_there_is_no_heartbeat_once_the_close_has_begun(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[bytes] = []

    async def closes(wire: Wire) -> None:
        await wire.upgrade(close(1000))
        while True:
            received = await wire.read()
            if received.opcode == TEXT:
                seen.append(received.payload)

    caplog.set_level(logging.INFO)
    async with peer(closes) as listening, watching(endpoint(listening.url, app_heartbeat=fast())) as watch:
        await watch.verdict()

    assert seen == []
    assert caplog.records == [], "an ordinary closure is no warning"


async def quiet(wire: Wire) -> None:
    """Accept, answer `go` with data, and close when asked to."""
    await wire.upgrade()
    while (received := await wire.read()).opcode != CLOSE:
        if received.payload == b"go":
            wire.write(text("data"))
    wire.write(close(1000))
    wire.end()


IDLE = AppHeartbeatConfig(only_when_idle=True, interval_s=5)


def beats(watch: Watch) -> int:
    """How many heartbeats left."""
    return sum(b"ping" in message.payload for message in watch.all(Message) if message.direction == "tx")


async def test_when_idle_it_beats() -> None:
    clock = FakeClock()
    async with peer(quiet) as listening, watching(endpoint(listening.url, app_heartbeat=IDLE), clock=clock) as watch:
        await watch.state(State.OPEN)
        clock.advance(12)

        assert beats(watch) == 2


async def test_received_data_is_activity() -> None:
    clock = FakeClock()
    async with peer(quiet) as listening, watching(endpoint(listening.url, app_heartbeat=IDLE), clock=clock) as watch:
        await watch.state(State.OPEN)
        clock.advance(4)
        watch.monitor.send("peer", b"go")
        await watch.fact(Message, lambda message: message.direction == "rx")
        clock.advance(4.5)

        assert beats(watch) == 0


async def test_sent_data_is_activity() -> None:
    clock = FakeClock()
    async with peer(quiet) as listening, watching(endpoint(listening.url, app_heartbeat=IDLE), clock=clock) as watch:
        await watch.state(State.OPEN)
        for _ in range(20):
            clock.advance(2)
            watch.monitor.send("peer", b"audio")

        assert beats(watch) == 0
