"""Frames out, legal or not, and frames in, in any portions."""

from tests.experiments.line.portions import in_portions
from wsmonitor.experiments.line.frames import (
    BINARY,
    CLOSE,
    KEPT_BYTES,
    PING,
    TEXT,
    Frame,
    FrameReader,
    close_payload,
    encode,
    header_only,
)
from wsmonitor.lab.wire import frames as lab_frames


def test_what_is_encoded_is_read_by_a_strict_server() -> None:
    parser = lab_frames.FrameParser()

    for size in (0, 1, 125, 126, 65535, 65536):
        parser.feed(encode(BINARY, bytes(size)))
        assert parser.next_frame() == lab_frames.Frame(lab_frames.Opcode.BINARY, bytes(size))


def test_the_server_s_frames_are_read_in_any_portions() -> None:
    sent = ((1, b"hello"), (9, b"p"), (8, close_payload(1000)))
    data = b"".join(lab_frames.encode(opcode, payload) for opcode, payload in sent)

    for portions in in_portions(data):
        reader = FrameReader()
        found = [frame for portion in portions for frame in reader.feed(portion, 7)]
        assert found == [Frame(7, TEXT, b"hello", 5), Frame(7, PING, b"p", 1), Frame(7, CLOSE, b"\x03\xe8", 2)]


def test_of_a_long_payload_only_the_head_is_kept() -> None:
    reader = FrameReader()

    [frame] = reader.feed(lab_frames.encode(2, bytes(100_000)), 0)

    assert (frame.size, len(frame.payload)) == (100_000, KEPT_BYTES)


def test_a_head_announces_what_does_not_follow() -> None:
    assert header_only(BINARY, 1 << 20) == b"\x82\xff" + (1 << 20).to_bytes(8, "big") + bytes(4)


def test_illegal_bits_are_written_as_asked() -> None:
    assert encode(TEXT, b"hi", mask=False) == b"\x81\x02hi"
    assert encode(TEXT, rsv=4)[0] == 0xC1
    assert encode(TEXT, b"hello", wide_length=True)[:4] == b"\x81\xfe\x00\x05"
