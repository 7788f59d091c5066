"""Frames of the channel: what goes in comes out, and what is none is refused in words."""

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.probe.builders import changed, closed, message, rtt
from wsmonitor.facts.errors import ChannelError
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import EndpointConfig, RetryConfig, RetryRule

HELLO = channel.Hello(version=channel.VERSION, pid=1, at_ns=2, wall_ns=3)
names = st.text(max_size=20)
events = st.lists(
    st.one_of(
        st.builds(rtt, st.integers(0, 2**62)),
        st.builds(message, st.binary(max_size=300), st.integers(0, 2**62)),
        st.builds(changed, st.integers(0, 2**62)),
        st.builds(closed, st.integers(0, 2**62)),
    ),
    max_size=10,
)
from_probe = st.one_of(
    st.builds(channel.Hello, version=st.integers(0, 9), pid=st.integers(0, 9), at_ns=st.just(1), wall_ns=st.just(2)),
    st.builds(channel.Batch, events=events),
    st.builds(channel.Done, command_id=st.integers(0, 2**40), error=names),
)
commands = st.one_of(
    st.builds(
        channel.AddEndpoint,
        config=st.builds(
            EndpointConfig,
            name=names,
            url=names,
            headers=st.dictionaries(names, names, max_size=3),
            retry=st.just(RetryConfig(rule=(RetryRule(codes="1000"),))),
        ),
        connections_before=st.integers(0, 99),
    ),
    st.builds(channel.RemoveEndpoint, endpoint=names),
    st.builds(channel.ConnectEndpoint, endpoint=names),
    st.builds(channel.StopEndpoint, endpoint=names),
    st.builds(channel.Disrupt, endpoint=names, kind=names, argument=names, slot=st.none() | st.integers(0, 9)),
    st.builds(channel.Send, endpoint=names, payload=st.binary(max_size=100), text=st.booleans(), fill=st.booleans()),
    st.builds(channel.Quit, command_id=st.integers(0, 9)),
)


def bodies(data: bytes, sizes: list[int]) -> list[bytes]:
    """Feed `data` in pieces of these sizes, over and over."""
    found: list[bytes] = []
    buffer, at, turn = channel.FrameBuffer(), 0, 0
    while at < len(data):
        size = sizes[turn % len(sizes)]
        found += buffer.feed(data[at : at + size])
        at, turn = at + size, turn + 1
    return found


@given(st.lists(from_probe, max_size=5), st.lists(st.integers(1, 50), min_size=1, max_size=5))
def test_what_the_probe_says_arrives_however_the_stream_is_cut(
    frames: list[channel.FromProbe], sizes: list[int]
) -> None:
    stream = b"".join(map(channel.encode, frames))

    assert [channel.decode_from_probe(body) for body in bodies(stream, sizes)] == frames


@given(st.lists(commands, max_size=5), st.lists(st.integers(1, 50), min_size=1, max_size=5))
def test_what_the_parent_says_arrives_however_the_stream_is_cut(
    frames: list[channel.AnyCommand], sizes: list[int]
) -> None:
    stream = b"".join(map(channel.encode, frames))

    assert [channel.decode_to_probe(body) for body in bodies(stream, sizes)] == frames


@given(st.binary(max_size=200))
def test_bytes_that_are_no_frame_are_refused_with_a_channel_error_and_nothing_else(data: bytes) -> None:
    for decode in (channel.decode_from_probe, channel.decode_to_probe):
        with contextlib.suppress(ChannelError):
            decode(data)


@given(st.binary(max_size=200))
def test_a_stream_of_anything_ends_in_bodies_or_a_channel_error(data: bytes) -> None:
    try:
        found = bodies(data, [7])
    except ChannelError:
        return
    assert sum(4 + len(body) for body in found) <= len(data)


@pytest.mark.parametrize(
    "body", [b"", b"\x80", b"\xc1", msgspec.msgpack.encode({"frame": "explode"}), b"\x91" * 100_000 + b"\xc0"]
)
def test_broken_bodies_are_refused(body: bytes) -> None:
    with pytest.raises(ChannelError):
        channel.decode_to_probe(body)


def test_an_event_that_nobody_knows_is_refused_not_guessed() -> None:
    body = msgspec.msgpack.encode({"frame": "batch", "events": [{"type": "from_the_future", "at_ns": 1}]})

    with pytest.raises(ChannelError, match="version 1"):
        channel.decode_from_probe(body)


def test_what_the_probe_says_is_no_command() -> None:
    with pytest.raises(ChannelError):
        channel.decode_to_probe(channel.encode(channel.Done(command_id=1))[4:])


def test_a_length_beyond_the_limit_is_refused_before_anything_is_awaited() -> None:
    with pytest.raises(ChannelError, match="at most"):
        list(channel.FrameBuffer().feed(b"\xff\xff\xff\xff"))


def test_another_version_is_refused_and_both_are_named() -> None:
    other = channel.Hello(version=99, pid=1, at_ns=0, wall_ns=0)

    with pytest.raises(ChannelError, match=r"expected version 1 .* found 99"):
        channel.check_version(other)
    channel.check_version(HELLO)


def test_a_frame_that_is_too_long_is_refused_with_its_size_before_it_is_sent() -> None:
    with pytest.raises(ChannelError, match=r"Send takes 16,777,\d\d\d bytes, and at most 16,777,216 go"):
        channel.encode(channel.Send(endpoint="peer", payload=bytes(channel.MAX_FRAME_BYTES)))


def test_a_batch_that_is_too_long_goes_in_several_frames_in_order() -> None:
    batch = channel.Batch(events=[message(bytes(7_000_000), at_ns) for at_ns in range(5)])

    found = [
        frame
        for data in channel.encode_batch(batch)
        for body in channel.FrameBuffer().feed(data)
        if isinstance(frame := channel.decode_from_probe(body), channel.Batch)
    ]

    assert len(found) > 1
    assert [event.at_ns for frame in found for event in frame.events] == [0, 1, 2, 3, 4]


def test_an_event_that_alone_is_too_long_is_refused() -> None:
    batch = channel.Batch(events=[message(bytes(channel.MAX_FRAME_BYTES), 1), message(b"short", 2)])

    with pytest.raises(ChannelError, match="too long"):
        list(channel.encode_batch(batch))
