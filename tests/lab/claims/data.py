"""Claims about data and frames."""

import time

from tests.lab.raw_client import BINARY, CLOSE, PING, PONG, TEXT, End, Frame, RawClient, close_body


async def flood(url: str) -> None:
    async with await RawClient.open(url + "?rate=5000&size=50") as client:
        began_s = time.monotonic()
        for number in range(1, 501):
            assert await client.next() == Frame(TEXT, str(number).encode().ljust(50, b"."))
        assert time.monotonic() - began_s >= 0.08


async def big_message(url: str) -> None:
    async with await RawClient.open(url + "?size=2MiB&every=10ms") as client:
        for _ in range(2):
            assert await client.next() == Frame(BINARY, bytes(2 * 1024 * 1024))


async def fragments(url: str) -> None:
    async with await RawClient.open(url + "?count=3&pause=1ms") as client:
        between = Frame(PING, b"between fragments")
        for _ in range(2):
            for opcode, is_last in ((TEXT, False), (0, False), (0, True)):
                assert await client.next() == Frame(opcode, b"fragment ", fin=is_last)
                assert await client.next() == between


async def drip(url: str) -> None:
    async with await RawClient.open(url + "?size=30&pause=5ms") as client:
        began_s = time.monotonic()
        client.send(PING, b"wait")
        assert await client.next() == Frame(TEXT, b"." * 30)
        assert await client.next() == Frame(PONG, b"wait")
        assert time.monotonic() - began_s >= 32 * 0.005
        client.send(CLOSE, close_body(1000))
        while (last := await client.next()) == Frame(TEXT, b"." * 30):
            pass
        assert last == Frame(CLOSE, close_body(1000))
        assert await client.next() is End.FIN


async def bad_frame(url: str) -> None:
    expected = {
        "masked": Frame(TEXT, b"a server must not mask", masked=True),
        "bad_opcode": Frame(3, b"opcode 3 is reserved"),
        "rsv1": Frame(TEXT, b"no extension was agreed", rsv=4),
        "long_ping": Frame(PING, bytes(126)),
        "fragmented_ping": Frame(PING, b"control frames must be whole", fin=False),
        "orphan_continuation": Frame(0, b"of nothing"),
        "close_1005": Frame(CLOSE, close_body(1005)),
    }
    for kind, frame in expected.items():
        async with await RawClient.open(f"{url}?kind={kind}&after=5ms") as client:
            assert await client.next() == frame


async def bad_utf8(url: str) -> None:
    async with await RawClient.open(url + "?after=5ms") as client:
        frame = await client.next()
        assert isinstance(frame, Frame)
        assert frame.opcode == TEXT
        try:
            frame.payload.decode()
        except UnicodeDecodeError:
            return
        raise AssertionError("valid UTF-8")
