"""Forced disconnects: a contract for every entry of the registry, and what the peer sees of each."""

import asyncio
import ssl
import sys
from typing import Any

import pytest
from msgspec import structs

from tests.engine.conftest import Certificates
from tests.engine.peer import CLOSE, PING, PONG, TEXT, Wire, close, frame, peer
from tests.engine.watching import endpoint, lasted_s, pings, retries, watching
from wsmonitor.engine import disruptions
from wsmonitor.engine.disruptions import DISRUPTIONS
from wsmonitor.engine.disruptions.invalid_frame import FRAMES
from wsmonitor.facts.errors import DisruptionError
from wsmonitor.facts.events import BreakerChanged, Control, Disruption, HeartbeatMissed, MessageStatus, RttSample, State
from wsmonitor.settings.endpoint_settings import TlsConfig

ENDINGS = [disruption.kind for disruption in DISRUPTIONS if not disruption.is_condition]
CONDITIONS = [
    disruption.kind
    for disruption in DISRUPTIONS
    if disruption.is_condition and disruption.platform in ("", sys.platform)
]
EXPECTED = {
    "graceful_close": ("local", "close_frame", "disruption"),
    "hold_off": ("local", "close_frame", "disruption"),
    "tcp_close": ("local", "fin", "disruption"),
    "half_close": ("local", "fin", "disruption"),
    "tcp_reset": ("local", "rst", "disruption"),
    "invalid_frame": ("peer", "close_frame", None),
}


async def serves(wire: Wire) -> None:
    """A well-behaved server as far as the tests need one."""
    await wire.upgrade()
    while True:
        first, second = await wire.read_bytes(2)
        if first not in (0x81, 0x82, 0x88, 0x89, 0x8A) or not second & 0x80 or second & 0x7F > 125:
            wire.write(close(1002))
            break
        mask = await wire.read_bytes(4)
        payload = bytes(byte ^ mask[at % 4] for at, byte in enumerate(await wire.read_bytes(second & 0x7F)))
        if first == 0x89:
            wire.write(frame(PONG, payload))
        elif first == 0x88:
            wire.write(close(1002) if payload == b"\x03\xed" else frame(CLOSE, payload))
            break
        elif first == 0x81 and payload == b"\xff\xfe":
            wire.write(close(1007))
            break
        elif first == 0x81:
            wire.write(frame(TEXT, payload))
    wire.end()
    await wire.gone()


@pytest.fixture(params=["plain", "tls"])
def secured(request: pytest.FixtureRequest, certificates: Certificates) -> tuple[ssl.SSLContext | None, TlsConfig]:
    """A context for the peer and settings for the endpoint, with and without TLS."""
    if request.param == "plain":
        return None, TlsConfig()
    return certificates.good, TlsConfig(ca=certificates.ca_file)


# The contract


@pytest.mark.parametrize("disruption", DISRUPTIONS, ids=lambda disruption: disruption.kind)
def test_every_entry_explains_itself_and_takes_its_choices(disruption: Any) -> None:
    assert disruption.kind.isidentifier()
    assert disruption.title[0].isupper()
    assert disruption.hint
    assert len(disruption.hint) < 100
    for choice in disruption.choices:
        disruption.parse(choice)


@pytest.mark.parametrize("disruption", DISRUPTIONS, ids=lambda disruption: disruption.kind)
def test_every_entry_refuses_an_argument_that_makes_no_sense_and_says_what_does(disruption: Any) -> None:
    with pytest.raises(DisruptionError, match=f"{disruption.kind}: expected .*found"):
        disruptions.parse(disruption.kind, "no such argument")


@pytest.mark.parametrize("kind", ENDINGS)
async def test_every_ending_is_one_closure_that_names_it_and_the_endpoint_reconnects(
    kind: str, secured: tuple[ssl.SSLContext | None, TlsConfig]
) -> None:
    context, tls = secured
    async with (
        peer(serves, tls=context) as listening,
        watching(endpoint(listening.url, tls=tls, retry=retries(breaker=True))) as watch,
    ):
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", kind, "0.1" if kind == "hold_off" else "")
        verdict = await watch.verdict()
        began = await watch.fact(Disruption)
        await watch.state(State.OPEN, count=2)

        assert len([event for event in watch.events if type(event).__name__ == "ConnectionClosed"]) == 1

    assert (verdict.initiator, verdict.mechanism, verdict.by) == EXPECTED[kind]
    assert (verdict.forced, began.kind, began.phase) == (kind, kind, "started")
    assert watch.all(BreakerChanged) == []


@pytest.mark.parametrize("kind", CONDITIONS)
async def test_every_condition_ends_when_told_and_the_connection_lives_on(
    kind: str, secured: tuple[ssl.SSLContext | None, TlsConfig]
) -> None:
    context, tls = secured
    async with (
        peer(serves, tls=context) as listening,
        watching(endpoint(listening.url, tls=tls)) as watch,
    ):
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", kind)
        await watch.fact(Disruption, lambda event: event.phase == "started")
        watch.monitor.disrupt("peer", kind, "off")
        await watch.fact(Disruption, lambda event: event.phase == "ended")
        watch.monitor.send("peer", b"alive?")
        await watch.fact(MessageStatus, lambda status: status.status == "written")
        watch.monitor.stop("peer")
        verdict = await watch.verdict()

    assert (verdict.by, verdict.forced) == ("stop", None)


@pytest.mark.parametrize("kind", CONDITIONS)
async def test_a_closure_while_a_condition_lasts_is_forced_by_it(kind: str) -> None:
    async with peer(serves) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", kind)
        watch.monitor.stop("peer")
        verdict = await watch.verdict()
        ended = await watch.fact(Disruption, lambda event: event.phase == "ended")

    assert (verdict.forced, ended.kind) == (kind, kind)


@pytest.mark.parametrize("kind", CONDITIONS)
async def test_every_condition_is_over_after_its_time(kind: str) -> None:
    async with peer(serves) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", kind, "100ms")
        began = await watch.fact(Disruption, lambda event: event.phase == "started")
        ended = await watch.fact(Disruption, lambda event: event.phase == "ended")

    assert 0.1 <= (ended.at_ns - began.at_ns) / 1e9 < 1


@pytest.mark.parametrize("kind", [disruption.kind for disruption in DISRUPTIONS if disruption.needs_connection])
async def test_what_needs_a_connection_waits_for_the_next_opening(kind: str) -> None:
    async with peer(serves) as listening, watching(endpoint(listening.url), connect=False) as watch:
        watch.monitor.disrupt("peer", kind)
        assert [event.phase for event in watch.all(Disruption)] == ["waiting"]

        watch.monitor.connect("peer")

        assert (await watch.fact(Disruption, lambda event: event.phase == "started")).kind == kind


def test_an_unknown_kind_is_refused_with_the_list_of_those_there_are() -> None:
    with pytest.raises(DisruptionError, match="tcp_reset"):
        disruptions.parse("explode")


# What the peer sees


async def test_a_graceful_close_carries_code_and_reason() -> None:
    seen: list[tuple[int | None, bytes]] = []

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        received = await wire.read_until(CLOSE)
        seen.append((received.code, received.payload[2:]))
        wire.write(frame(CLOSE, received.payload))
        wire.end()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", "graceful_close", "4000,näher")
        verdict = await watch.verdict()

    assert seen == [(4000, "näher".encode())]
    assert (verdict.sent_code, verdict.sent_reason, verdict.clean) == (4000, "näher", True)


@pytest.mark.parametrize("argument", ["1004", "1005", "1006", "1015", "999", "5000", "abc", "1000," + "x" * 124])
def test_a_close_that_may_not_be_sent_is_refused(argument: str) -> None:
    with pytest.raises(DisruptionError):
        disruptions.parse("graceful_close", argument)


async def test_an_unanswered_graceful_close_ends_at_the_close_timeout() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.gone()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", "graceful_close", "1001")
        verdict = await watch.verdict()
        took_s = lasted_s(watch, verdict)

    assert (verdict.mechanism, verdict.clean, verdict.forced) == ("close_frame", False, "graceful_close")
    assert took_s < 1.3


async def test_a_reset_is_a_reset_at_the_peer() -> None:
    seen: list[str] = []

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        try:
            await wire.read()
        except ConnectionResetError:
            seen.append("reset")

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", "tcp_reset")
        await watch.verdict()
        await listening.played(1)

    assert seen == ["reset"]


@pytest.mark.parametrize("kind", ["tcp_close", "half_close"])
async def test_a_fin_reaches_the_peer_without_a_close(kind: str) -> None:
    seen: list[bytes] = []

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        seen.append(await wire.gone())
        wire.end()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", kind)
        await watch.verdict()
        await listening.played(1)

    assert seen == [b""]


async def test_after_a_half_close_we_listen_on_but_nothing_is_claimed_as_sent() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.gone()
        wire.write(frame(PING, b"there?") + frame(TEXT, b"still talking") + close(1000))
        wire.end()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", "half_close")
        watch.monitor.send("peer", b"never leaves")
        verdict = await watch.verdict()
        sent = [control for control in watch.all(Control) if control.direction == "tx"]
        fates = [status.status for status in watch.all(MessageStatus)]

    assert (verdict.mechanism, verdict.received_code, verdict.sent_code) == ("fin", 1000, None)
    assert sent == []
    assert fates == ["queued"]


async def test_a_half_close_that_the_peer_ignores_is_cut_off_by_the_watchdog(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry = tuple(structs.replace(one, watchdog_s=0.2) if one.kind == "half_close" else one for one in DISRUPTIONS)
    monkeypatch.setattr(disruptions, "DISRUPTIONS", registry)

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.never()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", "half_close")
        verdict = await watch.verdict()
        took_s = lasted_s(watch, verdict)

    assert (verdict.initiator, verdict.mechanism) == ("local", "fin")
    assert took_s < 1


@pytest.mark.parametrize("name", FRAMES)
async def test_each_invalid_frame_reaches_the_peer_byte_for_byte(name: str) -> None:
    seen: list[bytes] = []

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        seen.append(await wire.read_bytes(len(FRAMES[name])))
        wire.write(close(1007 if name == "bad_utf8" else 1002))
        wire.end()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", "invalid_frame", name)
        verdict = await watch.verdict()

    assert seen == [FRAMES[name]]
    assert (verdict.initiator, verdict.forced) == ("peer", "invalid_frame")
    assert verdict.received_code in (1002, 1007)


async def test_a_peer_that_ignores_an_invalid_frame_is_cut_off_by_the_watchdog(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry = tuple(
        structs.replace(one, watchdog_s=0.2) if one.kind == "invalid_frame" else one for one in DISRUPTIONS
    )
    monkeypatch.setattr(disruptions, "DISRUPTIONS", registry)

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.gone()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", "invalid_frame")
        verdict = await watch.verdict()

    assert (verdict.initiator, verdict.mechanism, verdict.forced) == ("local", "abort", "invalid_frame")


async def test_hold_off_refuses_to_dial_for_its_time() -> None:
    async with peer(serves) as listening, watching(endpoint(listening.url, retry=retries())) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", "hold_off", "0.4")
        held = await watch.state(State.HOLD)
        again = await watch.state(State.RESOLVING, count=2)

    assert held.retry_in_ns == 400_000_000
    assert again.at_ns - held.at_ns >= 400_000_000


async def test_connect_now_ends_a_hold() -> None:
    async with peer(serves) as listening, watching(endpoint(listening.url, retry=retries())) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", "hold_off", "60")
        await watch.state(State.HOLD)
        watch.monitor.connect("peer")
        await watch.state(State.OPEN, count=2)


async def test_a_stalled_client_neither_reads_nor_writes_and_goes_on_where_it_was() -> None:
    received = asyncio.Event()

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(TEXT)
        wire.write(frame(PING, b"stalled?"))
        message = await wire.read_until(TEXT)
        assert message.payload == b"held back"
        assert (await wire.read_until(PONG)).payload == b"stalled?"
        received.set()
        await wire.gone()

    async with peer(script) as listening, watching(endpoint(listening.url, ping=pings(0.1, 0.1, 0))) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", "stall", "400ms")
        watch.monitor.send("peer", b"held back")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(received.wait(), 0.3)
        assert not [status for status in watch.all(MessageStatus) if status.status == "written"]
        assert watch.all(HeartbeatMissed) == [], "our own heartbeats pause"


async def test_pings_resume_at_once_after_a_stall() -> None:
    async with peer(serves) as listening, watching(endpoint(listening.url, ping=pings(0.05, 0.5, 2))) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", "stall", "150ms")
        ended = await watch.fact(Disruption, lambda event: event.phase == "ended")
        sample = await watch.fact(RttSample, lambda sample: sample.kind == "ws" and sample.at_ns > ended.at_ns)

    assert sample.at_ns - ended.at_ns < 300_000_000


async def test_muted_pongs_are_suppressed_and_stated() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(TEXT)
        wire.write(frame(PING, b"first") + frame(TEXT, b"marker"))
        await wire.read_until(TEXT)
        wire.write(frame(PING, b"second"))
        assert (await wire.read_until(PONG)).payload == b"second"
        wire.write(close(1000))
        wire.end()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", "mute_pongs")
        watch.monitor.send("peer", b"go")
        suppressed = await watch.fact(Control, lambda control: control.suppressed)
        watch.monitor.disrupt("peer", "mute_pongs", "off")
        watch.monitor.send("peer", b"go on")
        verdict = await watch.verdict()

    assert suppressed.payload == b"first"
    assert (verdict.received_code, verdict.forced) == (1000, None)


@pytest.mark.skipif(sys.platform != "linux", reason="the filter is Linux's")
async def test_a_black_hole_looks_like_silence_and_the_heartbeat_notices() -> None:
    async with peer(serves) as listening, watching(endpoint(listening.url, ping=pings(0.1, 0.1, 1))) as watch:
        await watch.fact(RttSample, lambda sample: sample.kind == "ws")
        watch.monitor.disrupt("peer", "kernel_blackhole")
        verdict = await watch.verdict()

    assert (verdict.initiator, verdict.mechanism, verdict.by) == ("local", "timeout", "heartbeat")
    assert verdict.forced == "kernel_blackhole"


@pytest.mark.skipif(sys.platform != "linux", reason="the filter is Linux's")
async def test_a_black_hole_heals_and_what_was_sent_meanwhile_arrives() -> None:
    async with peer(serves) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", "kernel_blackhole", "100ms")
        watch.monitor.send("peer", b"through the hole")
        await watch.fact(Disruption, lambda event: event.phase == "ended")
        watch.monitor.stop("peer")
        verdict = await watch.verdict()

    assert verdict.forced is None


async def test_a_stall_that_ends_after_our_fin_lets_nothing_out() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.gone()
        await wire.never()

    async with peer(script) as listening, watching(endpoint(listening.url, ping=pings(0.02, 5))) as watch:
        await watch.state(State.OPEN)
        watch.monitor.disrupt("peer", "stall")
        watch.monitor.send("peer", b"never leaves")
        watch.monitor.disrupt("peer", "half_close")
        watch.monitor.disrupt("peer", "stall", "off")
        await watch.fact(Disruption, lambda event: event.phase == "ended")
        verdict = await watch.verdict()

    assert verdict.forced == "half_close"
    assert [status.status for status in watch.all(MessageStatus)] == ["queued"]


@pytest.mark.parametrize("slot", [-1, 3, 20_000])
async def test_a_slot_that_is_not_there_is_an_error(slot: int) -> None:
    async with peer(serves) as listening, watching(endpoint(listening.url, connections=3), connect=False) as watch:
        with pytest.raises(DisruptionError, match=f"no slot {slot}; expected 0 to 2"):
            watch.monitor.disrupt("peer", "tcp_reset", slot=slot)

        assert watch.all(Disruption) == []


async def test_each_slot_can_be_chosen() -> None:
    async with peer(serves) as listening, watching(endpoint(listening.url, connections=3)) as watch:
        await watch.state(State.OPEN, count=3)
        watch.monitor.disrupt("peer", "tcp_reset", slot=1)
        closed = await watch.fact(Disruption)

        assert closed.slot == 1
        assert len(watch.all(Disruption)) == 1
