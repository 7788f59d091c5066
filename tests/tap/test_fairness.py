"""A client whose bytes take long to be looked at does not keep the others waiting."""

from collections.abc import Iterator
from unittest.mock import patch

from tests.fakes import FakeClock
from tests.tap.frames import PING, TEXT, frame
from tests.tap.playing import playing
from wsmonitor.tap.seen.scanner import Scanner
from wsmonitor.tap.sockets.leg import LARGE_READ_BYTES, LEAST_READ_BYTES, Leg

FLOOD = frame(PING, masked=True) * 20_000


def reads(leg: Leg) -> Iterator[int]:
    """How much it asks for, while it is looked at in no time, then long, then in no time again."""
    for took_ns in [0] * 4 + [6_000_000] * 8 + [0] * 8:
        leg.looked(leg.read_bytes, took_ns)
        yield leg.read_bytes


async def test_less_is_read_at_once_while_it_takes_long_and_more_again_when_it_does_not() -> None:
    async with playing() as play:
        await play.opened()

        asked = list(reads(play.pair.legs["client"]))

    assert asked[3] == LARGE_READ_BYTES
    assert asked[11] == LEAST_READ_BYTES
    assert asked[-1] == LARGE_READ_BYTES


async def test_a_flood_of_tiny_frames_is_read_in_small_pieces() -> None:
    clock = FakeClock()
    feed = Scanner.feed

    def slowly(scanner: Scanner, data: bytes) -> object:
        clock.work(len(data) / 1e6)
        return feed(scanner, data)

    async with playing() as play:
        client, server = await play.opened()
        with patch.object(Scanner, "feed", slowly), patch.object(play.pair.ways["tx"], "_clock", clock):
            await client.send(FLOOD + frame(TEXT, b"after it", masked=True))
            await server.read(len(FLOOD) + 14)

        assert play.pair.legs["client"].read_bytes == LEAST_READ_BYTES
