"""Peers that open well and then misbehave: the verdict is right, the cost bounded, nobody else disturbed."""

import pytest

from tests.engine.watching import lasted_s, pings
from tests.hostile.arena import arena, python_memory_below
from tests.hostile.attacks import INVALID, NASTY_REASON
from wsmonitor.facts.events import ConnectionClosed
from wsmonitor.settings.endpoint_settings import CloseConfig, LimitsConfig, TrafficConfig
from wsmonitor.text.plain_text import visible

LIMITS = LimitsConfig(max_message_bytes=1 << 20)
MEMORY_BYTES = 8 * 1024 * 1024
FLOODS = ("ping_flood", "deaf_ping_flood", "pong_flood", "message_flood")


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        ("gibibyte_announced", 1009),
        ("exabytes_announced", 1009),
        ("compression_bomb", 1009),
        ("bomblets", 1009),
        ("empty_fragments", 1009),
    ],
)
async def test_what_would_take_too_much_is_refused_before_it_does(
    attack: str, code: int, ports: dict[str, int]
) -> None:
    with python_memory_below(MEMORY_BYTES):
        async with arena(ports[attack], limits=LIMITS) as here:
            verdict = await here.verdict()

    assert (verdict.initiator, verdict.mechanism) == ("peer", "protocol_error")
    assert (verdict.sent_code, verdict.clean) == (code, False)


async def test_a_bomb_under_the_default_limits_takes_no_more_than_two_of_the_longest_messages(
    ports: dict[str, int],
) -> None:
    limits = LimitsConfig()

    with python_memory_below(2 * limits.max_message_bytes + MEMORY_BYTES):
        async with arena(ports["bomblets"], limits=limits) as here:
            verdict = await here.verdict(limit_s=20)

    assert verdict.sent_code == 1009


@pytest.mark.parametrize("attack", INVALID)
async def test_every_broken_frame_is_a_protocol_error_of_the_peer(attack: str, ports: dict[str, int]) -> None:
    async with arena(ports[attack]) as here:
        verdict = await here.verdict()

    assert (verdict.initiator, verdict.mechanism) == ("peer", "protocol_error")
    assert verdict.sent_code in (1002, 1007)


@pytest.mark.parametrize("attack", FLOODS)
async def test_a_flood_ends_nothing_and_leaves_the_others_their_turn(attack: str, ports: dict[str, int]) -> None:
    async with arena(ports[attack]) as here:
        await here.passed(100_000)
        assert here.all(ConnectionClosed) == []


@pytest.mark.parametrize("attack", FLOODS)
async def test_a_flood_takes_bounded_memory(attack: str, ports: dict[str, int]) -> None:
    with python_memory_below(MEMORY_BYTES):
        async with arena(ports[attack]) as here:
            await here.passed(50_000)


async def test_a_frame_of_single_bytes_is_a_message_and_its_close_is_clean(ports: dict[str, int]) -> None:
    async with arena(ports["byte_by_byte"]) as here:
        verdict = await here.verdict()

    assert (verdict.initiator, verdict.mechanism, verdict.clean) == ("peer", "close_frame", True)


async def test_a_reason_full_of_markup_and_escapes_is_kept_and_shown_as_text(ports: dict[str, int]) -> None:
    async with arena(ports["nasty_reason"]) as here:
        verdict = await here.verdict()

    assert verdict.received_reason == NASTY_REASON
    shown = visible(NASTY_REASON)
    assert not {"\x1b", "\x07", "\r", "\n", "\u202e"} & set(shown)
    assert "<b>" in shown, "markup is text, not hidden"


async def test_a_peer_that_never_reads_fills_the_outbox_and_not_the_memory(ports: dict[str, int]) -> None:
    traffic = TrafficConfig(messages=("x" * 100_000,), every_s=0.001)
    with python_memory_below(4 * MEMORY_BYTES):  # the outbox alone may hold 4 MiB
        async with arena(
            ports["never_reads"],
            traffic=traffic,
            ping=pings(0.1, timeout_s=0.2),
            close=CloseConfig(timeout_s=0.3),
        ) as here:
            verdict = await here.verdict()

    assert (verdict.initiator, verdict.mechanism, verdict.by) == ("local", "timeout", "heartbeat")
    assert lasted_s(here, verdict) <= 1.3
