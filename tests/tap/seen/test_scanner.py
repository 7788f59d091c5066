"""What the scanner understands of a stream of frames, however it is cut."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tap.frames import BINARY, CLOSE, CONT, PING, PONG, TEXT, Deflater, close, frame
from wsmonitor.engine.disruptions.invalid_frame import FRAMES
from wsmonitor.tap.seen import inflater
from wsmonitor.tap.seen.inflater import BROKEN, TOO_MUCH, Extensions, Inflater, parse_extensions
from wsmonitor.tap.seen.scanner import ControlSeen, MessageSeen, Scanner, Seen, Violated, WentBlind, close_of


def scanned(data: bytes, *, sender: str = "server", pieces: int = 0, **options: object) -> list[Seen]:
    """What is seen of `data`, in one piece or in pieces of that many bytes."""
    scanner = Scanner(sender, **({"capture_bytes": 100} | options))  # type: ignore[arg-type]  # a test's shorthand
    size = pieces or max(1, len(data))
    return [seen for at in range(0, len(data), size) for seen in scanner.feed(data[at : at + size])]


def test_a_message_is_told_with_its_size_on_the_wire_and_its_head() -> None:
    data = frame(TEXT, b"hello", masked=True)

    [seen] = scanned(data, sender="client")

    assert seen == MessageSeen(TEXT, 5, len(data), 1, b"hello", len(data))


def test_fragments_are_one_message_and_control_frames_pass_between_them() -> None:
    data = frame(TEXT, b"ab", fin=False) + frame(PING, b"?") + frame(CONT, b"cd", fin=False) + frame(CONT, b"ef")

    seen = scanned(data)

    assert [type(one) for one in seen] == [ControlSeen, MessageSeen]
    message = seen[1]
    assert isinstance(message, MessageSeen)
    assert (message.payload, message.size_bytes, message.fragments) == (b"abcdef", 6, 3)
    assert message.wire_bytes == len(data) - len(frame(PING, b"?"))


def test_only_the_head_of_a_long_message_is_kept() -> None:
    [seen] = scanned(frame(BINARY, bytes(70_000), masked=True), sender="client", pieces=1000)

    assert isinstance(seen, MessageSeen)
    assert (seen.size_bytes, len(seen.payload)) == (70_000, 100)


def test_a_close_without_a_code_reads_1005() -> None:
    [seen] = scanned(frame(CLOSE))

    assert isinstance(seen, ControlSeen)
    assert close_of(seen.payload) == (1005, "")
    assert close_of(close(4401, "bye")[2:]) == (4401, "bye")


def test_offsets_count_the_stream_not_the_piece() -> None:
    first, second = frame(TEXT, b"12345"), frame(PONG, b"x")

    seen = scanned(first + second, pieces=3)

    assert [one.end_offset for one in seen if isinstance(one, MessageSeen | ControlSeen)] == [
        len(first),
        len(first) + len(second),
    ]


@pytest.mark.parametrize("name", list(FRAMES))
def test_each_invalid_frame_is_told_and_the_next_frame_is_understood(name: str) -> None:
    # Their mask is zero, so that one table serves both directions; a frame without one is the client's fault.
    data = FRAMES[name] + frame(TEXT, b"next", masked=True)

    seen = scanned(data, sender="client")

    assert any(isinstance(one, Violated) for one in seen)
    last = seen[-1]
    assert isinstance(last, MessageSeen)
    assert last.payload == b"next"


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (frame(TEXT, b"x", masked=True), "a server must not mask"),
        (frame(PING, b"x", fin=False), "a control frame is not fragmented"),
        (frame(TEXT, b"x", fin=False) + frame(TEXT, b"y"), "a new message begins"),
        (bytes([0x81, 126, 0, 5]) + b"hello", "not written in the shortest way"),
        (frame(TEXT, b"x", rsv=4), "a reserved bit"),
        (frame(CLOSE, b"x"), "a Close frame's payload"),
        (close(1006), "a Close frame's payload"),
        (frame(TEXT, b"\xff\xfe"), "not UTF-8"),
    ],
)
def test_what_breaks_the_protocol_is_told_with_its_rule(data: bytes, rule: str) -> None:
    violated = [one for one in scanned(data) if isinstance(one, Violated)]

    assert len(violated) == 1
    assert rule in violated[0].rule


def test_a_flood_of_invalid_frames_is_told_a_bounded_number_of_times() -> None:
    seen = scanned(frame(3) * 1000)

    assert len(seen) == 16


def test_bits_of_an_extension_that_nobody_knows_break_nothing() -> None:
    seen = scanned(frame(TEXT, b"x", rsv=7), knows_extensions=False)

    assert [type(one) for one in seen] == [MessageSeen]


def test_a_length_that_cannot_be_makes_it_blind_and_says_where() -> None:
    before = frame(TEXT, b"fine")
    scanner = Scanner("server", capture_bytes=10)

    seen = scanner.feed(before + bytes([0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]) + b"rest")

    assert isinstance(seen[-1], WentBlind)
    assert seen[-1].offset == len(before)
    assert scanner.is_blind
    assert scanner.feed(frame(TEXT, b"more")) == []


@pytest.mark.parametrize("keeps_context", [True, False])
def test_compressed_messages_are_shown_as_they_were_sent(keeps_context: bool) -> None:
    deflate = Deflater(keeps_context=keeps_context)
    texts = [b'{"tick": %d, "price": 17.25}' % number for number in range(50)]
    data = b"".join(frame(TEXT, deflate(text), rsv=4, masked=True) for text in texts)
    inflater = Inflater(keeps_context=keeps_context, capture_bytes=100)

    seen = scanned(data, sender="client", pieces=7, inflater=inflater)

    assert [one.payload for one in seen if isinstance(one, MessageSeen)] == texts


def test_a_compressed_message_is_as_long_as_it_was_before() -> None:
    payload = bytes(1_000_000)
    inflater = Inflater(keeps_context=True, capture_bytes=10)

    [seen] = scanned(frame(BINARY, Deflater()(payload), rsv=4), inflater=inflater)

    assert isinstance(seen, MessageSeen)
    assert (seen.size_bytes, seen.payload) == (1_000_000, bytes(10))
    assert seen.wire_bytes < 2000


def test_what_cannot_be_decompressed_shows_no_payload_and_frames_go_on() -> None:
    made = Inflater(keeps_context=True, capture_bytes=10)

    seen = scanned(frame(TEXT, b"\xff" * 20, rsv=4) + frame(TEXT, b"plain"), inflater=made)

    assert [one.payload for one in seen if isinstance(one, MessageSeen)] == [b"", b"plain"]
    assert [one.reason for one in seen if isinstance(one, WentBlind)] == [BROKEN]


@pytest.fixture
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four MiB come out in one go, and one with every second."""
    monkeypatch.setattr(inflater, "ROOM_BYTES", 4 << 20)
    monkeypatch.setattr(inflater, "ROOM_A_SECOND", 1 << 20)


def grown(mebibytes: int, *, seconds_between: int, count: int) -> Inflater:
    """What came of so many messages of that size, with a pause after each."""
    now_s = 0
    made = Inflater(keeps_context=False, capture_bytes=10, now_ns=lambda: now_s * 10**9)
    for _ in range(count):
        made.feed(Deflater(keeps_context=False)(bytes(mebibytes << 20)))
        if not made.given_up:
            made.end()
        now_s += seconds_between
    return made


@pytest.mark.usefixtures("little_room")
def test_what_grows_out_of_all_proportion_is_not_looked_at_to_its_end() -> None:
    bomb = grown(100, seconds_between=0, count=1)

    assert bomb.given_up == TOO_MUCH
    assert bomb.size_bytes < 6 << 20
    assert grown(3, seconds_between=1, count=3).given_up == TOO_MUCH


@pytest.mark.usefixtures("little_room")
def test_large_messages_that_come_now_and_then_are_looked_at() -> None:
    assert grown(3, seconds_between=3, count=5).given_up == ""


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], Extensions()),
        (["permessage-deflate"], Extensions(deflates=True)),
        (
            ["permessage-deflate; server_no_context_takeover; client_max_window_bits=10"],
            Extensions(deflates=True, server_keeps_context=False),
        ),
        (["permessage-deflate; client_no_context_takeover"], Extensions(deflates=True, client_keeps_context=False)),
        (["permessage-bzip, permessage-deflate"], Extensions(deflates=True, is_known=False)),
    ],
)
def test_the_answer_says_what_is_compressed(values: list[str], expected: Extensions) -> None:
    assert parse_extensions(values) == expected


@given(st.randoms(use_true_random=False))
def test_how_a_stream_is_cut_changes_nothing(chance: random.Random) -> None:
    data = b"".join(
        frame(
            chance.choice((TEXT, BINARY, CONT, CLOSE, PING, PONG, 3, 11)),
            chance.randbytes(chance.choice((0, 1, 5, 125, 126, 300, 70_000))),
            masked=chance.random() < 0.5,
            fin=chance.random() < 0.7,
            rsv=chance.choice((0, 0, 0, 4)),
        )
        for _ in range(8)
    )
    cuts = sorted(chance.sample(range(len(data) + 1), min(6, len(data))))
    pieces = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    scanner = Scanner("client", capture_bytes=50)

    assert [seen for piece in pieces for seen in scanner.feed(piece)] == scanned(
        data, sender="client", capture_bytes=50
    )


@given(st.binary(max_size=400), st.sampled_from(["client", "server"]))
def test_no_bytes_make_it_raise(data: bytes, sender: str) -> None:
    scanned(data, sender=sender, pieces=3, inflater=Inflater(keeps_context=True, capture_bytes=10))
