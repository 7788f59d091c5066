"""Every way in which a connection can end, played by a raw TCP peer: is the verdict right?"""

import contextlib
from collections.abc import Callable

import pytest

from tests.engine.peer import BINARY, CLOSE, CONT, PING, PONG, TEXT, Script, Wire, close, frame, peer, text
from tests.engine.watching import Watch, endpoint, lasted_s, pings, watching
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import ConnectionClosed, Control, Message, RttSample, State, StateChanged, Verdict
from wsmonitor.settings.endpoint_settings import LimitsConfig, RetryConfig

WHO_HOW = tuple[str, str]


async def ending(script: Script, **settings: object) -> Verdict:
    """Play one connection and return the verdict on it."""
    async with peer(script) as listening, watching(endpoint(listening.url, **settings)) as watch:
        return await watch.verdict()


def who_how(verdict: Verdict) -> WHO_HOW:
    return verdict.initiator, verdict.mechanism


def sends(*frames: bytes) -> Script:
    """Accept, send these bytes in a segment of their own, wait for the client's answer, end TCP."""

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        wire.write(b"".join(frames))
        await wire.read_until(CLOSE)
        wire.end()

    return script


# Ends without a Close


async def test_fin_without_close() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        wire.end()

    verdict = await ending(script)

    assert who_how(verdict) == ("peer", "fin")
    assert (verdict.received_code, verdict.sent_code, verdict.clean, verdict.by) == (None, None, False, None)


async def test_rst() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(TEXT)  # a RST would overtake an answer that was not read yet
        wire.reset()

    assert who_how(await ending(script, preamble=("ready",))) == ("peer", "rst")


@pytest.mark.parametrize("cut", [1, 2, 5])
async def test_fin_in_the_middle_of_a_frame(cut: int) -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade(text("hello")[:cut])
        wire.end()

    assert who_how(await ending(script)) == ("peer", "fin")


async def test_half_close_by_the_peer_is_its_fin() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        wire.fin()
        await wire.gone()

    assert who_how(await ending(script)) == ("peer", "fin")


async def test_answer_frames_and_fin_in_one_segment() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade(text("one"), frame(PING, b"?"), text("two"))
        wire.end()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        verdict = await watch.verdict()
        messages = [message.payload for message in watch.all(Message)]

    assert who_how(verdict) == ("peer", "fin")
    assert messages == [b"one", b"two"]


async def test_answer_and_fin_in_one_segment_is_a_connection_that_opened() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        wire.end()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        await watch.verdict()
        states = [change.new for change in watch.all(StateChanged)]

    assert State.OPEN in states


# Close frames


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999])
async def test_a_close_of_the_peer(code: int) -> None:
    verdict = await ending(sends(close(code, "bye")))

    assert who_how(verdict) == ("peer", "close_frame")
    assert (verdict.received_code, verdict.received_reason, verdict.sent_code) == (code, "bye", code)
    assert verdict.clean


async def test_an_empty_close_counts_as_1005_and_is_echoed_empty() -> None:
    echoed: list[bytes] = []

    async def script(wire: Wire) -> None:
        await wire.upgrade(close(None))
        echoed.append((await wire.read_until(CLOSE)).payload)
        wire.end()

    verdict = await ending(script)

    assert who_how(verdict) == ("peer", "close_frame")
    assert (verdict.received_code, verdict.sent_code, verdict.clean) == (1005, 1005, True)
    assert echoed == [b""]


@pytest.mark.parametrize("reads", [1, 2, 3])
async def test_an_error_page_in_place_of_a_frame_is_quoted_however_many_reads_it_takes(reads: int) -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        page = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n" + bytes(64)
        if reads > 1:
            await wire.drip(page[:48], pieces=reads - 1)
        wire.write(page[48 * (reads > 1) :])
        await wire.read_until(CLOSE)
        wire.end()

    verdict = await ending(script, ping=pings(0.05, 5.0, 1))

    assert who_how(verdict) == ("peer", "protocol_error")
    assert verdict.sent_reason == "HTTP instead of a frame: HTTP/1.1 500 Internal Server Error"


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
async def test_an_illegal_close_code_is_a_protocol_error(code: int) -> None:
    verdict = await ending(sends(close(code)))

    assert who_how(verdict) == ("peer", "protocol_error")
    assert (verdict.sent_code, verdict.clean) == (1002, False)


@pytest.mark.parametrize(
    ("payload", "answer"), [(b"\x03", 1002), (b"\x03\xe8\xff\xfe", 1007), (b"\x03\xe8" + bytes(124), 1002)]
)
async def test_a_malformed_close_is_a_protocol_error(payload: bytes, answer: int) -> None:
    verdict = await ending(sends(frame(CLOSE, payload)))

    assert who_how(verdict) == ("peer", "protocol_error")
    assert verdict.sent_code == answer


async def test_close_then_rst_is_the_peers_close() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade(close(1001))
        await wire.read_until(CLOSE)
        wire.reset()

    verdict = await ending(script)

    assert who_how(verdict) == ("peer", "close_frame")
    assert verdict.clean


async def test_close_without_the_end_of_tcp_is_cut_off_at_the_close_timeout() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade(close(1000))
        await wire.gone()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        verdict = await watch.verdict()
        took_s = lasted_s(watch, verdict)

    assert who_how(verdict) == ("peer", "close_frame")
    assert verdict.clean
    assert 0.25 <= took_s <= 1.3


async def test_life_and_silence_end_with_the_close_not_with_tcp() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade(close(1000))
        await wire.gone()

    assert (await ending(script)).life_ns < 200_000_000


async def test_what_comes_after_the_peers_close_is_told_and_changes_nothing() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade(close(1011) + text("late") + close(1000))
        await wire.read_until(CLOSE)
        wire.end()

    async with peer(script) as listening, watching(endpoint(listening.url, echo=True)) as watch:
        verdict = await watch.verdict()
        assert [message.payload for message in watch.all(Message)] == [b"late"]
        assert [control.direction for control in watch.all(Control)] == ["rx", "tx", "rx"]
        assert (verdict.received_code, verdict.clean) == (1011, True)
        stamps = [event.at_ns for event in watch.events if isinstance(event, Message | Control)]
        assert stamps == sorted(stamps)


# Our own Close


async def test_our_stop_answered() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(CLOSE)
        wire.write(close(1000))
        wire.end()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.stop("peer")
        verdict = await watch.verdict()
        await watch.state(State.STOPPED)

    assert who_how(verdict) == ("local", "close_frame")
    assert (verdict.by, verdict.sent_code, verdict.received_code, verdict.clean) == ("stop", 1000, 1000, True)


@pytest.mark.parametrize("how", ["silence", "fin", "reset"])
async def test_our_stop_not_answered_is_ours_but_not_clean(how: str) -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(CLOSE)
        if how == "fin":
            wire.end()
        elif how == "reset":
            wire.reset()
        else:
            await wire.gone()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.stop("peer")
        verdict = await watch.verdict()
        took_s = lasted_s(watch, verdict)

    assert who_how(verdict) == ("local", "close_frame")
    assert (verdict.by, verdict.sent_code, verdict.received_code, verdict.clean) == ("stop", 1000, None, False)
    assert took_s <= 0.3 + 1


def fill_every_buffer(watch: Watch) -> None:
    """Send until nothing more is taken; the kernels alone may hold 4 MB and more."""
    with contextlib.suppress(WsmonitorError):
        while True:
            watch.monitor.send("peer", bytes(200_000), text=False)


async def test_stop_with_a_peer_that_reads_nothing_ends_in_time_though_every_buffer_is_full() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        wire.stop_reading()
        await wire.never()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        fill_every_buffer(watch)
        watch.monitor.stop("peer")
        await watch.state(State.STOPPED, limit_s=0.3 + 1)
        verdict = await watch.verdict()

    assert who_how(verdict) == ("local", "close_frame")
    assert not verdict.clean


# Violations


@pytest.mark.parametrize(
    ("name", "frames", "answer"),
    [
        ("invalid UTF-8", [frame(TEXT, b"\xff\xfe")], 1007),
        ("UTF-8 cut off at the end", [frame(TEXT, "ä".encode()[:1])], 1007),
        ("a surrogate in UTF-8", [frame(TEXT, b"\xed\xa0\x80")], 1007),
        ("invalid UTF-8 in fragments", [frame(TEXT, b"ok", fin=False), frame(CONT, b"\xff")], 1007),
        ("a masked frame", [frame(TEXT, b"hi", mask=b"abcd")], 1002),
        ("a reserved opcode", [frame(3, b"")], 1002),
        ("a reserved control opcode", [frame(11, b"")], 1002),
        ("RSV1 without an extension", [frame(TEXT, b"hi", rsv=4)], 1002),
        ("RSV2", [frame(TEXT, b"hi", rsv=2)], 1002),
        ("a fragmented ping", [frame(PING, b"", fin=False)], 1002),
        ("a long ping", [frame(PING, bytes(126))], 1002),
        ("a continuation of nothing", [frame(CONT, b"x")], 1002),
        ("text inside a fragmented text", [frame(TEXT, b"a", fin=False), frame(TEXT, b"b")], 1002),
        ("a Close inside a fragmented text", [frame(TEXT, b"a", fin=False), close(1000)], 1002),
        ("an oversize message", [frame(BINARY, bytes(1001))], 1009),
        ("an oversize message in fragments", [frame(BINARY, bytes(600), fin=False), frame(CONT, bytes(600))], 1009),
        ("a length of 2^63", [b"\x82\x7f" + b"\xff" * 8], 1009),
    ],
)
async def test_a_violation_is_the_peers_and_failed_with_the_right_code(
    name: str, frames: list[bytes], answer: int
) -> None:
    verdict = await ending(sends(*frames), limits=LimitsConfig(max_message_bytes=1000), compression=False)

    assert who_how(verdict) == ("peer", "protocol_error"), name
    assert (verdict.sent_code, verdict.clean) == (answer, False), name


async def test_too_many_fragments_are_failed_with_1009() -> None:
    fragments = frame(TEXT, b"a", fin=False) + frame(CONT, b"a", fin=False) * 4096

    verdict = await ending(sends(fragments))

    assert who_how(verdict) == ("peer", "protocol_error")
    assert verdict.sent_code == 1009


async def test_what_came_along_with_invalid_utf8_is_not_a_message() -> None:
    async with (
        peer(sends(text("good") + frame(TEXT, b"\xff") + text("after"))) as listening,
        watching(endpoint(listening.url)) as watch,
    ):
        await watch.verdict()
        assert [message.payload for message in watch.all(Message)] == [b"good"]


async def test_a_violation_whose_peer_keeps_tcp_open_is_cut_off_at_the_close_timeout() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade(frame(3))
        await wire.gone()

    async with peer(script) as listening, watching(endpoint(listening.url)) as watch:
        verdict = await watch.verdict()
        took_s = lasted_s(watch, verdict)

    assert who_how(verdict) == ("peer", "protocol_error")
    assert took_s <= 1.3


# Messages on the way


async def test_fragments_with_control_frames_between_them_are_one_message() -> None:
    frames = [
        frame(TEXT, b"Gr", fin=False),
        frame(PING, b"now?"),
        frame(CONT, "ü".encode()[:1], fin=False),
        frame(PONG, b"unasked"),
        frame(CONT, "ü".encode()[1:] + b"n"),
        close(1000),
    ]

    async with peer(sends(*frames)) as listening, watching(endpoint(listening.url)) as watch:
        await watch.verdict()
        (message,) = watch.all(Message)
        controls = [(control.direction, control.opcode) for control in watch.all(Control)]

    assert (message.payload.decode(), message.fragments, message.size_bytes) == ("Grün", 3, 5)
    assert message.wire_bytes == 2 * 3 + 5
    assert controls == [("rx", PING), ("tx", PONG), ("rx", PONG), ("rx", CLOSE), ("tx", CLOSE)]


async def test_a_flood_neither_kills_the_connection_nor_delays_its_pongs() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        for _ in range(200):
            wire.write(text("x" * 100) * 100)
            await wire.drained()
        wire.write(frame(PING, b"?"))
        await wire.read_until(PONG)
        wire.write(close(1000))
        await wire.read_until(CLOSE)
        wire.end()

    async with (
        peer(script) as listening,
        watching(endpoint(listening.url, ping=pings(0.05, 0.5, 1))) as watch,
    ):
        verdict = await watch.verdict()
        count = len(watch.all(Message))

    assert (who_how(verdict), count) == (("peer", "close_frame"), 20_000)


# Heartbeats


async def answering(wire: Wire, answer: Callable[[bytes], bytes]) -> None:
    """Open, and answer pings by a function from payload to bytes, until the client closes."""
    await wire.upgrade()
    while (received := await wire.read()).opcode != CLOSE:
        if received.opcode == PING:
            wire.write(answer(received.payload))
    wire.write(close(1000))
    wire.end()


async def test_silence_is_given_up_by_the_heartbeat_with_4000() -> None:
    closes: list[int | None] = []

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        closes.append((await wire.read_until(CLOSE)).code)
        await wire.gone()

    verdict = await ending(script, ping=pings())

    assert who_how(verdict) == ("local", "timeout")
    assert (verdict.by, verdict.sent_code, closes) == ("heartbeat", 4000, [4000])


async def test_silence_with_full_buffers_is_given_up_all_the_same() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        wire.stop_reading()
        await wire.never()

    async with peer(script) as listening, watching(endpoint(listening.url, ping=pings())) as watch:
        await watch.state(State.OPEN)
        fill_every_buffer(watch)
        verdict = await watch.verdict(limit_s=1.5)

    assert who_how(verdict) == ("local", "timeout")
    assert (verdict.by, verdict.sent_code) == ("heartbeat", None)


async def test_a_close_that_the_peer_sends_after_we_gave_up_changes_nothing() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(CLOSE)
        wire.write(close(1011))
        wire.end()

    verdict = await ending(script, ping=pings())

    assert (who_how(verdict), verdict.by) == (("local", "timeout"), "heartbeat")


async def test_after_giving_up_we_dial_again() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.gone()

    retry = RetryConfig(base_s=0.05, cap_s=0.1, breaker=False)
    async with peer(script) as listening, watching(endpoint(listening.url, ping=pings(), retry=retry)) as watch:
        await watch.state(State.OPEN, count=2)

    assert len(listening.wires) == 2


async def test_answered_pings_measure_and_keep_the_connection_open() -> None:
    async def script(wire: Wire) -> None:
        await answering(wire, lambda payload: frame(PONG, payload))

    async with peer(script) as listening, watching(endpoint(listening.url, ping=pings())) as watch:
        await watch.fact(RttSample, lambda sample: sample.kind == "ws", count=10)

        assert watch.all(ConnectionClosed) == []


@pytest.mark.parametrize("payload", [b"", b"wrong", bytes(16), bytes(125)])
async def test_wrong_pongs_are_life_but_no_round_trip(payload: bytes) -> None:
    async def script(wire: Wire) -> None:
        await answering(wire, lambda _: frame(PONG, payload))

    async with peer(script) as listening, watching(endpoint(listening.url, ping=pings())) as watch:
        await watch.fact(StateChanged, lambda change: change.new is State.DEGRADED, count=4)

        assert watch.all(RttSample) == []
        assert watch.all(ConnectionClosed) == []


async def test_three_pongs_for_each_ping_are_one_round_trip_each() -> None:
    async def script(wire: Wire) -> None:
        await answering(wire, lambda payload: frame(PONG, payload) * 3 + frame(PONG, b"random"))

    async with peer(script) as listening, watching(endpoint(listening.url, ping=pings())) as watch:
        await watch.fact(RttSample, count=6)
        pinged = [control for control in watch.all(Control) if (control.direction, control.opcode) == ("tx", PING)]

        assert len(watch.all(RttSample)) <= len(pinged)
        assert watch.all(ConnectionClosed) == []


async def test_a_late_pong_is_marked_late() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        first = await wire.read_until(PING)
        await wire.read_until(PING)
        wire.write(frame(PONG, first.payload))
        await wire.gone()

    async with (
        peer(script) as listening,
        watching(endpoint(listening.url, ping=pings(0.1, 0.05, 5))) as watch,
    ):
        sample = await watch.fact(RttSample)

    assert sample.late
    assert sample.round_trip_ns >= 90_000_000


async def test_a_frame_that_drips_in_over_several_ping_timeouts_keeps_the_connection_open() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade()
        await wire.drip(frame(BINARY, bytes(500_000)), pieces=6)
        wire.write(close(1000))
        await wire.read_until(CLOSE)
        wire.end()

    async with (
        peer(script) as listening,
        watching(endpoint(listening.url, ping=pings(0.1, 0.1, 1))) as watch,
    ):
        verdict = await watch.verdict()
        sizes = [message.size_bytes for message in watch.all(Message)]

    assert (who_how(verdict), sizes) == (("peer", "close_frame"), [500_000])
