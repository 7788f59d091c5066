"""Whatever stands on the channel: it is a frame, or it is refused with a `ChannelError`; never a traceback."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wsmonitor.facts.errors import ChannelError
from wsmonitor.facts.events import Message, RttSample
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import EndpointConfig

FRAMES = [
    channel.Hello(version=channel.VERSION, pid=1, at_ns=2, wall_ns=3),
    channel.Done(command_id=7, error="no"),
    channel.AddEndpoint(config=EndpointConfig(name="chat", url="ws://h/")),
    channel.Send(endpoint="chat", payload=b"\x00\xff"),
    channel.Quit(),
    channel.Batch(
        events=[
            RttSample(endpoint="chat", at_ns=1, kind="ws", round_trip_ns=2),
            Message(endpoint="chat", at_ns=1, direction="rx", opcode=1, size_bytes=1, wire_bytes=3, payload=b"x"),
        ]
    ),
]
DECODERS: list[Callable[[bytes], object]] = [channel.decode_from_probe, channel.decode_to_probe]

_RULE = msgspec.msgpack.encode({"path": "$", "value": None})[:-1]
_CONFIG = msgspec.msgpack.encode(
    {"name": "x", "url": "y", "app_heartbeat": {"match": [msgspec.Raw(_RULE + b"\x91" * 50_000 + b"\xc0")]}}
)
NESTED = msgspec.msgpack.encode({"frame": "addendpoint", "config": msgspec.Raw(_CONFIG)})
"""A settings value that may be anything is nested deeper than any stack."""

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
"""Anything that msgpack can say."""


@st.composite
def near_frames(draw: st.DrawFn) -> bytes:
    """A frame of ours with some of its bytes changed, cut out or put in."""
    body = bytearray(channel.encode(draw(st.sampled_from(FRAMES))))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(body)))
        body[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(body)


def frames_in(*reads: bytes) -> Iterator[bytes]:
    buffer = channel.FrameBuffer()
    for data in reads:
        yield from buffer.feed(data)


@pytest.mark.parametrize("decode", DECODERS)
@given(body=st.binary(max_size=200) | values.map(msgspec.msgpack.encode) | near_frames().map(lambda data: data[4:]))
@example(body=b"")
@example(body=b"\x91" * 5000)  # arrays in arrays
@example(body=b"\x81" * 5000)
@example(body=NESTED)
def test_a_body_is_a_frame_or_refused(decode: Callable[[bytes], object], body: bytes) -> None:
    with suppress(ChannelError):
        assert isinstance(decode(body), channel.Frame)


@given(data=st.lists(near_frames() | st.binary(max_size=40), max_size=5).map(b"".join), cuts=st.lists(st.integers(0)))
def test_a_stream_is_cut_the_same_wherever_reads_end(data: bytes, cuts: list[int]) -> None:
    places = sorted({cut % (len(data) + 1) for cut in cuts})
    reads = [data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)]

    assert _until_refused(frames_in(*reads)) == _until_refused(frames_in(data))


@pytest.mark.parametrize(
    "garbage", [b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64, channel.encode(FRAMES[4]), b"\0\0\0\x01\xc1"]
)
def test_a_probe_that_is_told_garbage_ends_with_one_line(garbage: bytes) -> None:
    command = [sys.executable, "-P", "-m", "wsmonitor", "probe"]

    done = subprocess.run(command, input=garbage, capture_output=True, timeout=20, check=False)

    (line,) = done.stderr.decode().splitlines()
    assert done.returncode == 3
    assert line.startswith("wsmonitor probe: expected ")


def _until_refused(bodies: Iterator[bytes]) -> list[bytes]:
    found = []
    try:
        for body in bodies:
            found.append(body)
    except ChannelError:
        found.append(b"refused")
    return found
