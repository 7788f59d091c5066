"""A fault that is ordered acts on an idle connection before the tap reads another byte: nothing is waited for.

What both sides sent lies unread with the tap's kernel when the order comes. Each fault must act on it, and a round
trip of another client proves that the tap has read what there was.
"""

import random
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.tap.frames import CONT, PING, PONG, TEXT, close, frame
from tests.tap.playing import NAME, Play, Raw, connected, playing
from wsmonitor.engine.disruptions.invalid_frame import FRAMES
from wsmonitor.facts.events import Disruption
from wsmonitor.settings.endpoint_settings import FaultConfig, TapConfig
from wsmonitor.settings.tap_faults import FAULTS

UP = frame(PING, b"?", masked=True) + frame(PONG, b"!", masked=True) + frame(TEXT, b"up", masked=True)
DOWN = frame(PING, b"?") + frame(PONG, b"!") + frame(TEXT, b"down")
NO_PING = (frame(PONG, b"!", masked=True) + frame(TEXT, b"up", masked=True), frame(PONG, b"!") + frame(TEXT, b"down"))
NO_PONG = (frame(PING, b"?", masked=True) + frame(TEXT, b"up", masked=True), frame(PING, b"?") + frame(TEXT, b"down"))
CONTROLS = (UP[:14], DOWN[:6])
WAITS = {
    "latency": ("10s", b"", b""),
    "bandwidth": ("1", b"", b""),
    "slicer": ("4,0,10s", UP[:4], DOWN[:4]),
    "limit_data": ("5,fin", UP[:5], DOWN[:5]),
    "stall": ("", b"", b""),
    "discard": ("", b"", b""),
    "drop_pings": ("", *NO_PING),
    "drop_pongs": ("", *NO_PONG),
    "delay_pongs": ("10s", *NO_PONG),
    "drop_messages": ("1", *CONTROLS),
}
"""Fault -> its argument, and what of UP and DOWN passes."""
ENDS = {
    "reset": ("", "rst", "rst"),
    "fin": ("", "fin", "fin"),
    "half_close": ("", "fin", "fin"),
    "lifetime": ("0.001ms", "fin", "fin"),
    "cut_message": ("", "rst", "rst"),
    "half_open": ("", "", "fin"),
}
"""Fault -> its argument, and how each side's leg ends; empty where it does not."""
ELSEWHERE = {"kernel_blackhole", "slow_close", "close", "rewrite_close", "invalid_frame"}
"""Those with a test of their own below."""
OF_OPENINGS = {one.kind for one in FAULTS if one.acts_on in ("answer", "openings")}
"""They act on a connection that is not open yet (`test_tap_faults.py`)."""


def test_every_fault_is_looked_at() -> None:
    assert {one.kind for one in FAULTS} == {*WAITS, *ENDS, *ELSEWHERE, *OF_OPENINGS}


async def two(play: Play) -> tuple[Raw, Raw, Raw, Raw]:
    """An idle client with its server's end, and another one."""
    return *(await play.opened()), *(await play.opened())


async def round_trip(client: Raw, server: Raw) -> None:
    """The tap has read what lay there before."""
    await client.send(frame(TEXT, b"x", masked=True))
    await server.read(7)
    await server.send(frame(TEXT, b"x"))
    await client.read(3)


def there(raw: Raw) -> bytes:
    """What has arrived."""
    got = b""
    with suppress(BlockingIOError):
        while more := raw.sock.recv(65536):
            got += more
    return got


@pytest.mark.parametrize("kind", WAITS)
async def test_what_lies_unread_when_the_order_comes_is_acted_on(kind: str) -> None:
    argument, up, down = WAITS[kind]
    async with playing() as play:
        client, server, *others = await two(play)
        client.sock.send(UP)
        server.sock.send(DOWN)
        play.monitor.disrupt(NAME, kind, argument, 0)
        await round_trip(*others)

        assert (there(server), there(client)) == (up, down)


@pytest.mark.parametrize("kind", ENDS)
async def test_an_end_is_with_the_kernel_when_the_order_returns(kind: str) -> None:
    argument, clients, servers = ENDS[kind]
    async with playing() as play:
        client, server, *others = await two(play)
        play.monitor.disrupt(NAME, kind, argument, 0)
        await round_trip(*others)

        for raw, how in ((client, clients), (server, servers)):
            if how:
                assert (await raw.read_to_end())[1] == how
            else:
                assert there(raw) == b""


async def test_frames_of_the_taps_own_are_with_the_kernel_when_the_order_returns() -> None:
    async with playing() as play:
        client, server, *others = await two(play)
        play.monitor.disrupt(NAME, "invalid_frame", "bad_opcode,server", 0)
        play.monitor.disrupt(NAME, "close", "1012,client", 0)
        await round_trip(*others)

        assert there(server) == FRAMES["bad_opcode"]
        assert there(client) == close(1012)


async def test_a_close_that_lies_unread_gets_the_other_code_and_its_end_comes_late() -> None:
    async with playing() as play:
        client, server, *others = await two(play)
        client.sock.send(close(1000, masked=True))
        client.half_close()
        play.monitor.disrupt(NAME, "rewrite_close", "4401", 0)
        play.monitor.disrupt(NAME, "slow_close", "10s", 0)
        await round_trip(*others)

        assert there(server) == close(4401, masked=True)
        with pytest.raises(BlockingIOError):
            server.sock.recv(1)


@pytest.mark.skipif(sys.platform != "linux", reason="a filter of the Linux kernel")
async def test_a_black_hole_swallows_the_next_segment() -> None:
    async with playing() as play:
        client, server, *others = await two(play)
        play.monitor.disrupt(NAME, "kernel_blackhole", "", 0)
        client.sock.send(UP)
        server.sock.send(DOWN)
        await round_trip(*others)

        assert (there(server), there(client)) == (b"", b"")


async def test_a_fault_of_the_settings_is_on_before_the_first_client_comes() -> None:
    fault = FaultConfig(kind="drop_pings", at_s=0)
    async with playing(tap=TapConfig(fault=(fault,))) as play:
        await play.wait(Disruption)
        client, server = await play.opened()
        client.sock.send(UP)

        assert await server.read(len(NO_PING[0])) == NO_PING[0]


COMBINED = {
    "latency": ("1ms", "2ms±1ms,up", "5ms,down"),
    "bandwidth": ("1MB/s", "300KB/s,up"),
    "slicer": ("7,3,0.01ms", "90,10,0.1ms,down"),
    "drop_pings": ("", "up"),
    "drop_pongs": ("", "down"),
    "delay_pongs": ("3ms",),
    "drop_messages": ("0.5", "1,up"),
    "rewrite_close": ("4401",),
    "stall": ("2ms", "2ms,client"),
}


@pytest.mark.parametrize("seed", range(12))
async def test_faults_that_come_and_go_together_leave_every_message_whole_and_in_order(seed: int) -> None:
    chance = random.Random(seed)
    async with connected() as (play, client, server):
        sent: dict[bool, list[bytes]] = {True: [], False: []}
        for number in range(120):
            kind = chance.choice(list(COMBINED))
            play.monitor.disrupt(NAME, kind, chance.choice([*COMBINED[kind], *(["off"] * 2 * (kind != "stall"))]))
            for raw, masked in ((client, True), (server, False)):
                data = b"%d " % number + bytes(chance.randrange(97, 123) for _ in range(chance.choice([0, 5, 200])))
                stream = b"".join(pieces(data, chance, masked=masked))
                sent[masked].append(data)
                for at in range(0, len(stream), cut := chance.choice([3, 50, 1000])):
                    await raw.send(stream[at : at + cut])
                    if chance.random() < 0.2:
                        play.monitor.disrupt(NAME, chance.choice(["drop_messages", "drop_pings", "latency"]), "off")
        play.monitor.disrupt(NAME, "everything", "off")
        await client.send(close(1000, masked=True))
        await server.send(close(1000))
        client.half_close()
        server.half_close()
        got = {True: (await server.read_to_end())[0], False: (await client.read_to_end())[0]}

        for masked, stream in got.items():
            arrived = list(messages(stream))
            assert arrived == [one for one in sent[masked] if one in set(arrived)]
            assert not any(event.phase == "failed" for event in play.all(Disruption))


def pieces(data: bytes, chance: random.Random, *, masked: bool) -> Iterator[bytes]:
    """A message in one to three frames, with control frames anywhere between them."""
    cuts = sorted(chance.randint(0, len(data)) for _ in range(chance.randint(0, 2)))
    parts = [data[at:to] for at, to in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    for count, part in enumerate(parts):
        if chance.random() < 0.3:
            yield frame(chance.choice([PING, PONG]), b"between", masked=masked)
        yield frame(CONT if count else TEXT, part, masked=masked, fin=count == len(parts) - 1)


def messages(stream: bytes) -> Iterator[bytes]:
    """The data messages of a stream; fails where it is none."""
    from websockets.frames import Frame, Opcode
    from websockets.streams import StreamReader

    reader = StreamReader()
    reader.feed_data(stream)
    reader.feed_eof()
    message: bytes | None = None
    while reader.buffer:
        parsing = Frame.parse(reader.read_exact, mask=stream[1] & 0x80 > 0)
        try:
            next(parsing)
        except StopIteration as done:
            one: Frame = done.value
        if one.opcode is Opcode.CLOSE:
            assert one.data[:2] == (1000).to_bytes(2, "big")
        elif one.opcode in (Opcode.TEXT, Opcode.CONT):
            assert (one.opcode is Opcode.TEXT) is (message is None)
            message = (message or b"") + one.data
            if one.fin:
                yield message
                message = None
    assert message is None
