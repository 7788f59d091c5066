"""Messages on their way out, against a raw peer: order, preamble, and what is claimed of each."""

import asyncio
import ssl

import pytest

from tests.engine.conftest import Certificates
from tests.engine.peer import BINARY, CLOSE, PING, PONG, TEXT, Received, Wire, close, frame, peer, text
from tests.engine.watching import Watch, endpoint, pings, retries, watching
from tests.fakes import FakeClock
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import ConnectionClosed, Control, Message, MessageStatus, OutboxChanged, State, StateChanged
from wsmonitor.settings.endpoint_settings import OutboxConfig, PingConfig, TlsConfig, TrafficConfig

KEEP = OutboxConfig(ttl_s=0)


def fates(watch: Watch) -> dict[int, list[str]]:
    """What became of each message, in the order in which it was said."""
    found: dict[int, list[str]] = {}
    for status in watch.all(MessageStatus):
        found.setdefault(status.message_id, []).append(status.status)
    return found


class Collector:
    """A peer that accepts and keeps what it is sent, until it was sent `last`."""

    def __init__(self, last: bytes) -> None:
        self.last = last
        self.messages: list[bytes] = []

    async def __call__(self, wire: Wire) -> None:
        await wire.upgrade()
        while (received := await wire.read()).payload != self.last:
            self.take(received)
        self.take(received)
        wire.write(close(1000))
        await wire.read_until(CLOSE)
        wire.end()

    def take(self, received: Received) -> None:
        if received.opcode in (TEXT, BINARY):
            self.messages.append(received.payload)


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
async def test_what_waited_is_sent_in_order_behind_the_preamble(certificates: Certificates, secure: bool) -> None:
    context: ssl.SSLContext | None = certificates.good if secure else None
    got = Collector(b"message 29")
    settings = {"preamble": ("hello ${conn}", "subscribe"), "tls": TlsConfig(ca=certificates.ca_file)}

    async with (
        peer(got, tls=context) as listening,
        watching(endpoint(listening.url, **settings), connect=False) as watch,
    ):
        for number in range(15):
            watch.monitor.send("peer", f"message {number}".encode())
        watch.monitor.connect("peer")
        for number in range(15, 20):
            watch.monitor.send("peer", f"message {number}".encode())
        await watch.state(State.OPEN)
        for number in range(20, 30):
            watch.monitor.send("peer", f"message {number}".encode())
        await watch.verdict()

    assert got.messages == [b"hello 1", b"subscribe", *(f"message {number}".encode() for number in range(30))]


async def test_a_message_sent_the_moment_it_opens_stays_behind_what_waited() -> None:
    got = Collector(b"B")

    async with peer(got) as listening, watching(endpoint(listening.url), connect=False) as watch:
        watch.monitor.send("peer", b"A")
        watch.monitor.connect("peer")
        await watch.fact(StateChanged, lambda change: change.new is State.OPEN)
        watch.monitor.send("peer", b"B")
        await watch.verdict()

    assert got.messages == [b"A", b"B"]


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
async def test_messages_larger_than_every_buffer_arrive_whole_and_in_order(
    certificates: Certificates, secure: bool
) -> None:
    context: ssl.SSLContext | None = certificates.good if secure else None
    got = Collector(b"end")
    big = [bytes([number]) * 700_000 for number in range(5)]

    async with (
        peer(got, tls=context) as listening,
        watching(endpoint(listening.url, tls=TlsConfig(ca=certificates.ca_file))) as watch,
    ):
        for payload in [*big, b"end"]:
            watch.monitor.send("peer", payload, text=False)
        await watch.verdict()

    assert got.messages == [*big, b"end"]


async def test_what_is_sent_before_we_are_told_that_the_peer_reset_is_not_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def waits(wire: Wire) -> None:
        await wire.upgrade()
        await wire.never()

    got = Collector(b"message 19")
    async with (
        peer(waits, got) as listening,
        watching(endpoint(listening.url, retry=retries(), outbox=KEEP)) as watch,
    ):
        await watch.state(State.OPEN)
        listening.wires[0].reset()
        await asyncio.sleep(0)  # the RST is with our kernel, and our loop has not looked
        for number in range(20):
            watch.monitor.send("peer", f"message {number}".encode())
        await watch.verdict(count=2)

    assert got.messages == [f"message {number}".encode() for number in range(20)]
    assert not [said for said in watch.all(MessageStatus) if said.connection == 1 and said.status != "queued"]
    assert "socket.send() raised exception" not in caplog.text


BURST = [b"one", b"two!!", b"three"]
BURST_BYTES = sum(2 + 4 + len(payload) for payload in BURST)


async def burst_cut_after(cut: int) -> tuple[dict[int, list[str]], list[bytes]]:
    """The fates of a burst that the peer reset after so many bytes, and what arrived on the next connection."""

    async def resets(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_bytes(cut)
        wire.reset()

    got = Collector(b"last")
    async with (
        peer(resets, got) as listening,
        watching(endpoint(listening.url, retry=retries(), outbox=KEEP)) as watch,
    ):
        for payload in BURST:
            watch.monitor.send("peer", payload)
        await watch.verdict()
        watch.monitor.send("peer", b"last")
        await watch.verdict(count=2)
        return fates(watch), got.messages


async def test_a_reset_after_any_byte_of_a_burst_classifies_each_message_exactly_once() -> None:
    played = await asyncio.gather(*map(burst_cut_after, range(BURST_BYTES + 1)))

    in_doubt = ["queued", "written", "unknown"]
    assert all(said == dict.fromkeys((1, 2, 3, 4), in_doubt) for said, _ in played)
    assert all(arrived == [b"last"] for _, arrived in played), "what is in doubt is not sent twice"


async def test_what_was_never_wholly_written_is_sent_again_and_what_was_is_in_doubt() -> None:
    payloads = [bytes([number]) * 6_000_000 for number in range(3)]

    async def stuck(wire: Wire) -> None:
        await wire.upgrade()
        wire.stop_reading()
        await release.wait()
        wire.reset()

    release = asyncio.Event()
    got = Collector(b"last")
    outbox = OutboxConfig(max_bytes=10**8, ttl_s=0)
    async with (
        peer(stuck, got) as listening,
        watching(endpoint(listening.url, retry=retries(), outbox=outbox)) as watch,
    ):
        for payload in payloads:
            watch.monitor.send("peer", payload, text=False)
        await watch.state(State.OPEN)
        watch.monitor.send("peer", b"last", text=False)
        release.set()
        await watch.verdict(count=2)
        said = fates(watch)

    assert got.messages == [*payloads, b"last"]
    assert said[1][:2] == ["queued", "written"]
    assert said[1].count("unknown") <= 1, "what still stood in our buffer was not claimed before it was sent again"


async def test_a_send_that_was_blocked_is_never_claimed_after_an_abort() -> None:
    async def stuck(wire: Wire) -> None:
        await wire.upgrade()
        wire.stop_reading()
        await wire.never()

    outbox = OutboxConfig(max_bytes=10**8, ttl_s=0)
    async with (
        peer(stuck) as listening,
        watching(endpoint(listening.url, ping=pings(0.05, 0.05, 1), outbox=outbox)) as watch,
    ):
        await watch.state(State.OPEN)
        watch.monitor.send("peer", bytes(8_000_000), text=False)
        verdict = await watch.verdict()
        said = fates(watch)

    assert verdict.by == "heartbeat"
    assert said[1] in (["queued"], ["queued", "written", "unknown"])
    assert "acked" not in said[1]


async def test_messages_before_an_answered_ping_are_acknowledged() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        while (received := await wire.read()).opcode != CLOSE:
            if received.opcode == PING:
                wire.write(frame(PONG, received.payload))
        wire.reset()

    async with peer(script) as listening, watching(endpoint(listening.url, ping=pings(0.05, 1))) as watch:
        watch.monitor.send("peer", b"hello")
        await watch.fact(MessageStatus, lambda status: status.status == "acked")

    assert fates(watch) == {1: ["queued", "written", "acked"]}


async def test_an_answered_stop_acknowledges_and_an_unanswered_one_leaves_doubt() -> None:
    async def answers(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(CLOSE)
        wire.write(close(1000))
        wire.end()

    async def vanishes(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(CLOSE)
        wire.reset()

    last = []
    for script in (answers, vanishes):
        async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
            watch.monitor.send("peer", b"hello")
            await watch.fact(MessageStatus, lambda status: status.status == "written")
            watch.monitor.stop("peer")
            await watch.state(State.STOPPED)
            last.append(fates(watch)[1][-1])

    assert last == ["acked", "unknown"]


async def test_messages_in_doubt_are_sent_again_where_the_user_wants_it() -> None:
    async def resets(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(TEXT)
        wire.reset()

    got = Collector(b"second")
    outbox = OutboxConfig(ttl_s=0, on_unknown="resend")
    async with (
        peer(resets, got) as listening,
        watching(endpoint(listening.url, retry=retries(), outbox=outbox)) as watch,
    ):
        watch.monitor.send("peer", b"first")
        await watch.verdict()
        watch.monitor.send("peer", b"second")
        await watch.verdict(count=2)

    assert got.messages == [b"first", b"second"]


async def test_a_refused_message_is_an_error_and_a_dropped_older_one_is_not() -> None:
    full = OutboxConfig(max_messages=1)
    async with watching(endpoint("ws://127.0.0.1:1/", outbox=full), connect=False) as watch:
        watch.monitor.send("peer", b"fits")
        with pytest.raises(WsmonitorError, match="buffer full"):
            watch.monitor.send("peer", b"too much")

    async with watching(endpoint("ws://127.0.0.1:1/", outbox=full, connections=2), connect=False) as watch:
        watch.monitor._endpoint("peer").slots[1].queue(b"its own", is_text=True)
        with pytest.raises(WsmonitorError, match=r"queued on 1 of 2 connections; not on \[2/2\]: buffer full"):
            watch.monitor.send("peer", b"to both")

    drops = OutboxConfig(max_messages=1, overflow="drop_oldest")
    async with watching(endpoint("ws://127.0.0.1:1/", outbox=drops), connect=False) as watch:
        watch.monitor.send("peer", b"old")
        watch.monitor.send("peer", b"new")
        changed = watch.all(OutboxChanged)[-1]

    assert fates(watch) == {1: ["queued", "dropped"], 2: ["queued"]}
    assert (changed.depth, changed.dropped) == (1, 1)


async def test_a_message_too_old_is_dropped_when_its_time_is_over_though_nothing_else_happens() -> None:
    old = OutboxConfig(ttl_s=0.1)
    async with watching(endpoint("ws://127.0.0.1:1/", outbox=old), connect=False) as watch:
        watch.monitor.send("peer", b"hello")
        dropped = await watch.fact(MessageStatus, lambda status: status.status == "dropped")

    assert "0.1 s" in dropped.reason


async def test_echo_sends_every_message_back_with_its_opcode_and_in_order() -> None:
    back: list[tuple[int, bytes]] = []

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        wire.write(text("a") + frame(BINARY, b"\xff\x00") + text("c"))
        for _ in range(3):
            received = await wire.read()
            back.append((received.opcode, received.payload))
        wire.write(close(1000))
        wire.end()

    async with peer(script) as listening, watching(endpoint(listening.url, echo=True)) as watch:
        await watch.verdict()

    assert back == [(TEXT, b"a"), (BINARY, b"\xff\x00"), (TEXT, b"c")]


async def test_traffic_counts_from_one_and_goes_on_over_a_reconnect() -> None:
    got = Collector(b"no 6")

    async def resets(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(TEXT)
        wire.reset()

    traffic = TrafficConfig(messages=("no ${seq}",), every_s=0.03)
    async with (
        peer(resets, got) as listening,
        watching(endpoint(listening.url, retry=retries(), traffic=traffic, outbox=KEEP)) as watch,
    ):
        await watch.verdict(count=2)

    numbers = [int(message.split()[1]) for message in got.messages]
    assert numbers == list(range(numbers[0], 7))


async def test_with_a_health_check_data_waits_for_the_first_pong() -> None:
    order: list[int] = []

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        received = await wire.read()
        order.append(received.opcode)
        wire.write(frame(PONG, received.payload))
        order.append((await wire.read()).opcode)
        wire.write(close(1000))
        wire.end()

    settings = {"health_check": True, "preamble": ("hello",)}
    async with peer(script) as listening, watching(endpoint(listening.url, **settings)) as watch:
        await watch.verdict()

    assert order == [PING, TEXT]


async def test_a_health_check_that_nobody_answers_gives_the_connection_up_though_pings_are_off() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.gone()

    off = PingConfig(enabled=False, interval_s=0.05, timeout_s=0.04, max_missed=1)
    async with (
        peer(script) as listening,
        watching(endpoint(listening.url, health_check=True, ping=off, retry=retries())) as watch,
    ):
        watch.monitor.send("peer", b"held")
        degraded = await watch.state(State.DEGRADED)
        verdict = await watch.verdict()
        await watch.state(State.OPEN, count=2)

    assert degraded.cause == "health check: no pong yet, messages are held back until one comes"
    assert (verdict.by, verdict.mechanism) == ("heartbeat", "timeout")
    assert fates(watch) == {1: ["queued"]}


async def test_a_health_check_answered_late_lets_messages_out_and_pings_cease_where_they_are_off() -> None:
    pings_seen: list[bytes] = []

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(PING)
        wire.write(text("alive, but too busy for a pong"))
        second = await wire.read_until(PING)
        wire.write(frame(PONG, second.payload))
        await wire.read_until(TEXT)
        while (received := await wire.read()).opcode != CLOSE:
            pings_seen.append(received.payload)
        wire.write(close(1000))
        wire.end()

    off = PingConfig(enabled=False, interval_s=0.05, timeout_s=0.04, max_missed=1)
    clock = FakeClock()
    async with (
        peer(script) as listening,
        watching(endpoint(listening.url, health_check=True, ping=off), clock=clock) as watch,
    ):
        watch.monitor.send("peer", b"held")
        await watch.fact(Message, lambda message: message.direction == "rx")
        clock.advance(0.06)
        await watch.fact(MessageStatus, lambda status: status.status == "written")
        clock.advance(60)
        watch.monitor.stop("peer")
        await watch.verdict()
        await listening.played(1)

    assert pings_seen == []


async def test_nothing_of_ours_is_written_once_the_close_has_begun() -> None:
    after: list[int] = []

    async def script(wire: Wire) -> None:
        await wire.upgrade(close(1000))
        await wire.read_until(CLOSE)
        try:
            while True:
                after.append((await wire.read()).opcode)
        finally:
            wire.end()

    async with peer(script) as listening, watching(endpoint(listening.url, ping=pings(0.03, 0.03))) as watch:
        await watch.fact(StateChanged, lambda change: change.new is State.CLOSING)
        watch.monitor.send("peer", b"too late")
        await watch.verdict()

    assert after == []
    assert fates(watch) == {1: ["queued"]}


async def test_what_is_stated_as_sent_is_what_the_peer_got() -> None:
    seen: list[tuple[int, bytes]] = []

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        while not seen or seen[-1][0] != CLOSE:
            received = await wire.read()
            seen.append((received.opcode, received.payload))
            if received.opcode == PING:
                wire.write(frame(PONG, received.payload))
        wire.write(close(1000))
        wire.end()

    async with peer(script) as listening, watching(endpoint(listening.url, ping=pings(0.05, 1))) as watch:
        for number in range(20):
            watch.monitor.send("peer", b"%d" % number)
        await watch.fact(Control, lambda control: control.opcode == PONG, count=2)
        watch.monitor.stop("peer")
        await watch.fact(ConnectionClosed)
        stated = [
            (event.opcode, event.payload)
            for event in watch.events
            if isinstance(event, Message | Control) and event.direction == "tx"
        ]

    assert stated == seen


async def test_a_filled_message_counts_on_and_a_plain_one_goes_out_as_it_is() -> None:
    got = Collector(b"${seq}")

    async with peer(got) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        for _ in range(2):
            watch.monitor.send("peer", b'{"id": "${seq}", "on": ${conn}, "raw": "$${x}"}', fill=True)
        watch.monitor.send("peer", b"${seq}")
        await watch.verdict()

    assert got.messages == [
        b'{"id": "1", "on": 1, "raw": "${x}"}',
        b'{"id": "2", "on": 1, "raw": "${x}"}',
        b"${seq}",
    ]


async def test_a_message_whose_variable_is_not_set_is_refused_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WSMONITOR_TEST_TOKEN", raising=False)

    async with watching(endpoint("ws://127.0.0.1:9"), connect=False) as watch:
        with pytest.raises(WsmonitorError, match="WSMONITOR_TEST_TOKEN is not set"):
            watch.monitor.send("peer", b"${env:WSMONITOR_TEST_TOKEN}", fill=True)
