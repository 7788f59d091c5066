"""Framing, held against the examples of RFC 6455 and against the tests' own framing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.raw_client import client_frame
from wsmonitor.lab.wire.frames import Frame, FrameParser, Opcode, ViolationError, close_payload, encode


def parsed(data: bytes) -> Frame | None:
    parser = FrameParser()
    parser.feed(data)
    return parser.next_frame()


def test_the_examples_of_rfc_6455_section_5_7() -> None:
    assert encode(Opcode.TEXT, b"Hello") == bytes.fromhex("810548656c6c6f")
    assert encode(Opcode.TEXT, b"Hel", fin=False) == bytes.fromhex("010348656c")
    assert encode(Opcode.BINARY, bytes(256))[:4] == bytes.fromhex("827e0100")
    assert encode(Opcode.BINARY, bytes(65536))[:10] == bytes.fromhex("827f0000000000010000")
    assert encode(Opcode.TEXT, b"Hello", mask=bytes.fromhex("37fa213d")) == bytes.fromhex("818537fa213d7f9f4d5158")
    assert parsed(bytes.fromhex("818537fa213d7f9f4d5158")) == Frame(Opcode.TEXT, b"Hello")


@given(
    opcode=st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.CONTINUATION]),
    payload=st.one_of(st.binary(max_size=300), st.sampled_from([bytes(125), bytes(126), bytes(65535), bytes(65536)])),
    fin=st.booleans(),
    portion=st.integers(1, 70_000),
)
def test_a_frame_is_read_the_same_in_whatever_portions_it_comes(
    opcode: Opcode, payload: bytes, fin: bool, portion: int
) -> None:
    parser = FrameParser()
    data = client_frame(opcode, payload, fin=fin)
    frames = []

    for start in range(0, len(data), max(portion, len(data) // 50)):
        parser.feed(data[start : start + max(portion, len(data) // 50)])
        frames.append(parser.next_frame())

    assert frames[-1] == Frame(opcode, payload, fin)
    assert set(frames[:-1]) <= {None}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (client_frame(1, b"hi", masked=False), 1002),
        (client_frame(3), 1002),
        (client_frame(1, b"", rsv=4), 1002),
        (client_frame(9, bytes(126)), 1002),
        (client_frame(9, b"", fin=False), 1002),
        (b"\x82\xff" + (1 << 40).to_bytes(8, "big"), 1009),
    ],
    ids=["unmasked", "bad opcode", "rsv1", "long ping", "fragmented ping", "huge"],
)
def test_a_violation_has_its_close_code_as_soon_as_it_can_be_seen(data: bytes, code: int) -> None:
    with pytest.raises(ViolationError) as caught:
        parsed(data)

    assert caught.value.code == code


def test_a_reason_is_cut_to_what_a_close_frame_can_hold() -> None:
    assert len(close_payload(1000, "x" * 500)) == 125
    assert close_payload(None, "unsaid") == b""
