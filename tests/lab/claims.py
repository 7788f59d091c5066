"""What each scenario does on the wire, checked with the bare client: one coroutine a scenario.

Times are scaled down by parameters. Where a time is a claim, only the lower bound is checked closely:
a busy machine may be late, never early.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from tests.lab.raw_client import (
    BINARY,
    CLOSE,
    LIMIT_S,
    PING,
    PONG,
    TEXT,
    Answer,
    End,
    Frame,
    RawClient,
    close_body,
    eventually,
)

Claim = Callable[[str], Awaitable[None]]
"""Takes the scenario's URL without parameters."""


async def echo(url: str) -> None:
    async with await RawClient.open(url) as client:
        assert await client.answer_to("hello") == Frame(TEXT, b"hello")
        client.send(BINARY, bytes(range(256)) * 300)
        assert await client.next() == Frame(BINARY, bytes(range(256)) * 300)
        assert await client.answer_to('{"type":"ping","id":7}') == Frame(TEXT, b'{"type": "pong", "id": 7}')
        client.send(PING, b"probe")
        assert await client.next() == Frame(PONG, b"probe")
        await closes_well(client)


async def closes_well(client: RawClient) -> None:
    """Our Close is echoed with its code, then FIN comes."""
    client.send(CLOSE, close_body(4321, "bye"))
    assert await client.next() == Frame(CLOSE, close_body(4321))
    assert await client.next() is End.FIN


async def serves(client: RawClient) -> None:
    """Nothing is wrong yet: messages and pings are answered."""
    assert await client.answer_to("hello") == Frame(TEXT, b"hello")
    client.send(PING, b"p")
    assert await client.next() == Frame(PONG, b"p")


async def until_unanswered(client: RawClient, opcode: int, payload: bytes) -> None:
    """Asks until an answer stays out."""
    async with asyncio.timeout(LIMIT_S):
        client.send(opcode, payload)
        while not await client.is_silent(0.2):
            client.send(opcode, payload)


async def reference(url: str) -> None:
    async with await RawClient.open(url) as client:
        welcome = await client.next()
        assert isinstance(welcome, Frame)
        assert b'"connected"' in welcome.payload
        assert await client.answer_to('{"type":"session_info","session_id":"s1"}') == Frame(
            TEXT, b'{"type": "session_confirmed", "session_id": "s1"}'
        )
        await serves(client)
        await closes_well(client)


async def jitter(url: str) -> None:
    async with await RawClient.open(url + "?mean=20ms&max=60ms") as client:
        delays_s = []
        for _ in range(10):
            sent_s = time.monotonic()
            client.send(PING, b"x")
            assert await client.next() == Frame(PONG, b"x")
            delays_s.append(time.monotonic() - sent_s)
        assert max(delays_s) > 2 * min(delays_s)
        await closes_well(client)


async def slow_answers(url: str) -> None:
    async with await RawClient.open(url + "?delay=200ms") as client:
        sent_s = time.monotonic()
        client.send(TEXT, b"slow")
        client.send(PING, b"quick")
        assert await client.next() == Frame(PONG, b"quick")
        assert await client.next() == Frame(TEXT, b"slow")
        assert time.monotonic() - sent_s >= 0.19


async def ramp(url: str) -> None:
    async with await RawClient.open(url + "?over=600ms&max=200ms") as client:
        delays_s = []
        while True:
            sent_s = time.monotonic()
            client.send(PING, b"x")
            if await client.next() is End.FIN:
                break
            delays_s.append(time.monotonic() - sent_s)
        assert delays_s[-1] > 0.08
        assert delays_s[-1] > 3 * delays_s[0]


async def not_reading(url: str) -> None:
    async with await RawClient.open(url + "?after=100ms&hold=1s") as client:
        await serves(client)
        await until_unanswered(client, PING, b"read?")
        client.writer.write(bytes(20 * 1024 * 1024))
        try:
            async with asyncio.timeout(0.3):
                await client.writer.drain()
        except TimeoutError:
            return
        raise AssertionError("the server still reads")


async def read_deadline(url: str) -> None:
    async with await RawClient.open(url + "?ping=50ms&deadline=300ms") as client:  # answers pings: lives
        assert await client.answer_to('{"type":"session_info","session_id":1}') == Frame(
            TEXT, b'{"type": "session_confirmed", "session_id": 1}'
        )
        began_s = time.monotonic()
        while time.monotonic() - began_s < 0.6:
            assert await client.next() == Frame(PING, b"read deadline")
            client.send(PONG, b"read deadline")
    for ending, pongs in (("?ping=50ms&deadline=200ms", False), ("?ping=50ms&deadline=200ms&pongs=ignored", True)):
        async with await RawClient.open(url + ending) as client:
            began_s = time.monotonic()
            while (frame := await client.next()) is not End.FIN:
                client.send(TEXT, b'{"type":"ping"}')  # data does not reset the deadline
                assert isinstance(frame, Frame)
                assert frame.opcode in (PING, TEXT)
                if pongs and frame.opcode == PING:
                    client.send(PONG, frame.payload)
            assert 0.19 <= time.monotonic() - began_s < 2


async def no_pong(url: str) -> None:
    async with await RawClient.open(url) as client:
        client.send(PING, b"x")
        assert await client.answer_to("hello") == Frame(TEXT, b"hello")
        assert await client.is_silent(0.1)
        await closes_well(client)


async def late_pong(url: str) -> None:
    async with await RawClient.open(url + "?delay=200ms") as client:
        sent_s = time.monotonic()
        client.send(PING, b"late")
        assert await client.answer_to("hello") == Frame(TEXT, b"hello")
        assert await client.next() == Frame(PONG, b"late")
        assert time.monotonic() - sent_s >= 0.19


async def wrong_pong(url: str) -> None:
    async with await RawClient.open(url) as client:
        for payload in (b"mine", b"wrong"):
            client.send(PING, payload)
            answer = await client.next()
            assert isinstance(answer, Frame)
            assert answer.opcode == PONG
            assert answer.payload != payload
        await closes_well(client)


async def app_stuck(url: str) -> None:
    async with await RawClient.open(url + "?after=150ms") as client:
        await serves(client)
        await until_unanswered(client, TEXT, b'{"type":"ping"}')
        client.send(PING, b"alive")
        assert await client.next() == Frame(PONG, b"alive")
        await closes_well(client)


async def silent(url: str) -> None:
    async with await RawClient.open(url) as client:
        client.send(TEXT, b"hello")
        client.send(PING, b"x")
        assert await client.next() == Frame(PONG, b"x")
        await closes_well(client)
    async with await RawClient.open(url + "?pongs=no") as client:
        client.send(PING, b"x")
        client.send(CLOSE, close_body(1000))
        assert await client.is_silent(0.2)


async def idle_close(url: str) -> None:
    async with await RawClient.open(url + "?after=300ms") as client:
        for _ in range(4):  # 400 ms with traffic
            client.send(PONG, b"")
            assert await client.is_silent(0.1)
        quiet_s = time.monotonic()
        assert await client.next() is End.FIN
        assert 0.1 < time.monotonic() - quiet_s < 2
    # What the server sends does not count for rx; what we send unanswered does not count for tx.
    async with await RawClient.open(url + "?after=200ms&silence=tx") as client:
        while (frame := await _next_after_pong(client)) is not End.FIN:
            assert frame is None
    async with await RawClient.open(url + "?after=200ms&silence=both&how=1001") as client:
        await serves(client)
        assert await client.next() == Frame(CLOSE, close_body(1001, "going away"))


async def _next_after_pong(client: RawClient) -> Frame | End | None:
    """Sends bytes that ask for no answer; what comes within 50 ms."""
    client.send(PONG)
    try:
        return await client.next(limit_s=0.05)
    except TimeoutError:
        return None


async def lifetime(url: str) -> None:
    async with await RawClient.open(url + "?after=300ms") as client:
        began_s = time.monotonic()
        while await client.answer_to("busy") is not End.FIN:
            pass
        assert 0.29 <= time.monotonic() - began_s < 2


async def abrupt(url: str) -> None:
    lives_s = []
    for _ in range(4):
        async with await RawClient.open(url + "?low=20ms&high=200ms") as client:
            began_s = time.monotonic()
            assert await client.next() is End.RST
            lives_s.append(time.monotonic() - began_s)
    assert min(lives_s) >= 0.015
    assert max(lives_s) - min(lives_s) > 0.01


async def fin(url: str) -> None:
    async with await RawClient.open(url + "?after=100ms") as client:
        await serves(client)
        assert await client.next() is End.FIN


async def early_close(url: str) -> None:
    for how, expected in (
        ("fin", End.FIN),
        ("rst", End.RST),
        ("1011", Frame(CLOSE, close_body(1011, "internal error"))),
    ):
        async with await RawClient.open(f"{url}?how={how}") as client:
            assert await client.next() == expected


async def handler_crash(url: str) -> None:
    async with await RawClient.open(url) as client:
        await serves(client)
        assert await client.answer_to("please crash now") is End.FIN
    async with await RawClient.open(url + "?on=poison&how=1011") as client:
        assert await client.answer_to("crash") == Frame(TEXT, b"crash")
        assert await client.answer_to("poison") == Frame(CLOSE, close_body(1011, "internal error"))


async def middlebox_reset(url: str) -> None:
    async with await RawClient.open(url + "?after=150ms") as client:
        await serves(client)
        assert await client.is_silent(0.3)
        client.send(PING, b"still there?")
        assert await client.next() is End.RST


async def close_code(url: str) -> None:
    for code in (1000, 1011, 4999, 999, 1005, 1006, 1015, 65535):
        async with await RawClient.open(f"{url}?code={code}&reason=so+it+is&after=10ms") as client:
            assert await client.next() == Frame(CLOSE, close_body(code, "so it is"))
            client.send(CLOSE, close_body(1000))
            assert await client.next() is End.FIN
    async with await RawClient.open(f"{url}?body=empty&after=10ms") as client:
        assert await client.next() == Frame(CLOSE, b"")


async def double_close(url: str) -> None:
    async with await RawClient.open(url + "?after=50ms") as client:
        await serves(client)
        assert await client.next() == Frame(CLOSE, close_body(1011, "keepalive ping timeout"))
        second = await client.next()
        assert isinstance(second, Frame)
        assert second.opcode == TEXT
        assert await client.next() == Frame(CLOSE, close_body(1000, "closed again"))
        assert await client.next() is End.FIN


async def replaced(url: str) -> None:
    async with await RawClient.open(url) as first, await RawClient.open(url + "?room=other") as stranger:
        await serves(first)
        async with await RawClient.open(url) as second:
            assert await first.next() == Frame(CLOSE, close_body(1008, "replaced by a newer connection"))
            await serves(second)
            await serves(stranger)


async def rate_limit(url: str) -> None:
    busy = url + "?messages=3&opens=2&per=10s"
    async with await RawClient.open(busy) as client:
        for _ in range(3):
            await client.answer_to("m")
        assert await client.answer_to("m") == Frame(CLOSE, close_body(1008, "rate limit exceeded: too many messages"))
    async with await RawClient.open(busy):
        refused = await RawClient.get(busy)
        assert refused.status == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 10


async def count_limit(url: str) -> None:
    async with await RawClient.open(url + "?messages=3") as client:
        for _ in range(3):
            assert await client.answer_to("m") == Frame(TEXT, b"m")
        assert await client.next() == Frame(CLOSE, close_body(1008, "policy violation"))


async def size_limit(url: str) -> None:
    async with await RawClient.open(url + "?limit=10") as client:
        await serves(client)
        closed = await client.answer_to("x" * 11)
        assert isinstance(closed, Frame)
        assert closed.payload[:2] == close_body(1009)


async def no_close_reply(url: str) -> None:
    async with await RawClient.open(url) as client:
        await serves(client)
        client.send(CLOSE, close_body(1000))
        assert await client.is_silent(0.3)


async def no_tcp_close(url: str) -> None:
    async with await RawClient.open(url + "?after=20ms") as client:
        assert await client.next() == Frame(CLOSE, close_body(1000))
        client.send(CLOSE, close_body(1000))
        assert await client.is_silent(0.3)
    async with await RawClient.open(url) as client:
        client.send(CLOSE, close_body(4000))
        assert await client.next() == Frame(CLOSE, close_body(4000))
        assert await client.is_silent(0.3)


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


async def http_status(url: str) -> None:
    answer = await RawClient.get(url + "?code=429&retry_after=7&body=too+many")
    assert (answer.status, answer.headers["retry-after"], answer.body) == (429, "7", b"too many\n")
    assert (await RawClient.get(url)).status == 503


async def redirect(url: str) -> None:
    base = url.removesuffix("/redirect")
    path, seen = "/redirect?hops=3&to=/echo%3Froom%3Da", []
    while (answer := await RawClient.get(base + path)).status == 307:
        path = answer.headers["location"]
        seen.append(path)
    assert answer.status == 101
    assert len(seen) == 3
    assert seen[-1] == "/echo?room=a"


async def refuse(url: str) -> None:
    try:
        await RawClient.dial(url)
    except ConnectionRefusedError:
        return
    raise AssertionError("not refused")


async def hang_tcp(url: str) -> None:
    try:
        async with asyncio.timeout(0.5):
            await RawClient.dial(url)
    except TimeoutError:
        return
    raise AssertionError("the handshake of TCP was completed")


async def hang_tls(url: str) -> None:
    assert url.startswith("wss://")
    async with await RawClient.dial(url) as client:
        client.writer.write(b"\x16\x03\x01\x00\xc8\x01")  # the head of a ClientHello
        assert await client.is_silent(0.2)


async def hang_http(url: str) -> None:
    async with await RawClient.dial(url) as client:
        try:
            async with asyncio.timeout(0.2):
                await client.ask(url)
        except TimeoutError:
            return
    raise AssertionError("answered")


async def flap(url: str) -> None:
    url += "?up=300ms&down=600ms"
    async with await RawClient.open(url) as client:
        await serves(client)
        assert await client.next() is End.RST
    assert (await RawClient.get(url)).status == 503
    await eventually(lambda: _accepts(url))


async def _accepts(url: str) -> bool:
    return (await RawClient.get(url)).status == 101


async def deploy(url: str) -> None:
    url += "?every=500ms&down=200ms"
    async with await RawClient.open(url) as first, await RawClient.open(url) as second:
        await serves(first)
        ends = list(await asyncio.gather(first.next(), second.next()))
        assert ends == [Frame(CLOSE, close_body(1012, "service restart"))] * 2
        assert (await RawClient.get(url)).status == 503


async def mixed_endings(url: str) -> None:
    seen = set()
    for _ in range(6):
        async with await RawClient.open(url + "?low=5ms&high=20ms") as client:
            end = await client.next()
            seen.add(int.from_bytes(end.payload[:2], "big") if isinstance(end, Frame) else end)
    assert seen == {End.FIN, End.RST, 1001, 1011, 1012, 4000}


async def outages(url: str) -> None:
    slow = url + "?up=100ms&refused=200ms&unavailable=500ms"
    async with await RawClient.open(slow) as client:
        await serves(client)
        assert await client.next() == Frame(CLOSE, close_body(1012, "service restart"))
    await refuse(slow)
    while (answer := await _answer_once_it_listens(slow)).status != 101:
        assert answer.status == 503
        assert answer.headers["retry-after"] == "1"
        await asyncio.sleep(0.02)


async def _answer_once_it_listens(url: str) -> Answer:
    while True:
        try:
            return await RawClient.get(url)
        except ConnectionRefusedError:
            await asyncio.sleep(0.02)


async def mixed(url: str) -> None:
    seen: set[object] = set()
    for _ in range(25):
        async with await RawClient.dial(url) as client:
            answer = await client.ask(url + "?mean=5ms&seed=3")
            if answer.status != 101:
                seen.add(answer.status)
                continue
            try:
                end = await client.next(limit_s=0.3)
                seen.add(end.payload if isinstance(end, Frame) else end)
            except TimeoutError:
                seen.add("mute")
    assert 503 in seen
    assert {End.FIN, End.RST} <= seen
    assert len(seen) >= 6


async def blocked_loop(url: str) -> None:
    async with await RawClient.open(url + "?block=200ms&every=300ms") as client:
        began_s, delays_s = time.monotonic(), []
        while time.monotonic() - began_s < 1:
            sent_s = time.monotonic()
            assert await client.answer_to("x") == Frame(TEXT, b"x")
            delays_s.append(time.monotonic() - sent_s)
        assert 2 <= sum(delay_s > 0.15 for delay_s in delays_s) <= 4
        assert sorted(delays_s)[len(delays_s) // 2] < 0.05
