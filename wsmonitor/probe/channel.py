"""Frames of the channel between the probe and whoever started it.

A frame is a length (4 bytes, big-endian) and that many bytes of msgpack. The first frame in each
direction is a `Hello` that carries the protocol's version; after it the probe sends `Batch` and
`Done`, its parent sends commands. Nothing in here depends on both ends being on one machine.
"""

from collections.abc import Iterator
from struct import Struct as Layout
from typing import TypeVar

import msgspec
from msgspec import Struct

from wsmonitor.experiments.churn import Round
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.errors import ChannelError
from wsmonitor.facts.events import AnyEvent
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.units import counted

VERSION = 1
MAX_FRAME_BYTES = 16 * 1024 * 1024
"""A longer frame is no frame of ours: commands are refused and batches cut before they get so long."""

T = TypeVar("T")
_LENGTH = Layout("!I")


class Frame(Struct, frozen=True, kw_only=True, tag_field="frame", tag=str.lower):
    """Base of everything that travels on the channel."""


class Hello(Frame, frozen=True, kw_only=True):
    """First in each direction: who speaks, and in which version."""

    version: int
    pid: int
    at_ns: int
    wall_ns: int


class Batch(Frame, frozen=True, kw_only=True):
    """Facts in the order in which they were stated."""

    events: list[AnyEvent]


class Done(Frame, frozen=True, kw_only=True):
    """Command `command_id` was carried out, or why not."""

    command_id: int
    error: str = ""


class Tried(Done, frozen=True, kw_only=True):
    """`TryOpening` is over: what became of each round."""

    rounds: list[Round]


class Command(Frame, frozen=True, kw_only=True):
    """An intent; the probe answers each with one `Done` of the same id."""

    command_id: int = 0


class AddEndpoint(Command, frozen=True, kw_only=True):
    """Monitor this endpoint, idle until `ConnectEndpoint`. An endpoint of that name is replaced.

    `connections_before` continues the count of connections after a restart of the probe.
    """

    config: EndpointConfig
    connections_before: int = 0


class RemoveEndpoint(Command, frozen=True, kw_only=True):
    """Stop monitoring and forget the endpoint."""

    endpoint: str


class ConnectEndpoint(Command, frozen=True, kw_only=True):
    """Dial now, whatever the endpoint waits for."""

    endpoint: str


class StopEndpoint(Command, frozen=True, kw_only=True):
    """Close with 1000 and stay closed."""

    endpoint: str


class Disrupt(Command, frozen=True, kw_only=True):
    """Force a disconnect of this kind (`engine/disruptions/`); `slot` None means all slots."""

    endpoint: str
    kind: str
    argument: str = ""
    slot: int | None = None


class Send(Command, frozen=True, kw_only=True):
    """Queue a message; `text` true sends opcode 1, else 2. `fill` replaces the placeholders of a text."""

    endpoint: str
    payload: bytes
    text: bool = True
    fill: bool = False


class StartExperiment(Command, frozen=True, kw_only=True):
    """Ask the endpoint's server the question `name`, on connections of its own; progress and one result follow.

    The endpoint need not be monitored. `reconnect` asks the client of a tap, which has to be there.
    """

    config: EndpointConfig
    name: str
    options: ExperimentOptions = ExperimentOptions()


class StopExperiment(Command, frozen=True, kw_only=True):
    """End the experiment that runs on the endpoint; its result says what was found so far."""

    endpoint: str


class SetSubscription(Command, frozen=True, kw_only=True):
    """These are the messages that the client of a tap sends first, in place of what its audit learned."""

    endpoint: str
    messages: tuple[str, ...]


class TryOpening(Command, frozen=True, kw_only=True):
    """Open `parallel` connections at once, `rounds` times in a row, beside all that is monitored.

    Nothing of it becomes an event; `Tried` answers once it is over.
    """

    config: EndpointConfig
    rounds: int
    parallel: int
    hold_s: float


class Quit(Command, frozen=True, kw_only=True):
    """Close every connection, at most so long, and end."""

    within_s: float = 1.0


AnyCommand = (
    AddEndpoint
    | RemoveEndpoint
    | ConnectEndpoint
    | StopEndpoint
    | Disrupt
    | Send
    | StartExperiment
    | StopExperiment
    | SetSubscription
    | TryOpening
    | Quit
)
FromProbe = Hello | Batch | Done | Tried
ToProbe = Hello | AnyCommand

_encoder = msgspec.msgpack.Encoder()
_from_probe: "msgspec.msgpack.Decoder[FromProbe]" = msgspec.msgpack.Decoder(FromProbe)
_to_probe: "msgspec.msgpack.Decoder[ToProbe]" = msgspec.msgpack.Decoder(ToProbe)


def encode(frame: Frame) -> bytes:
    """One frame with its length in front. Raises `ChannelError` where it is longer than `MAX_FRAME_BYTES`."""
    body = _encoder.encode(frame)
    if len(body) > MAX_FRAME_BYTES:
        raise ChannelError(
            f"too long: {type(frame).__name__} takes {counted(len(body), 'byte')}, "
            f"and at most {MAX_FRAME_BYTES:,} go to the measuring process at once"
        )
    return _LENGTH.pack(len(body)) + body


def encode_batch(batch: Batch) -> Iterator[bytes]:
    """A batch in as many frames as it takes. Raises `ChannelError` where one event alone is too long."""
    try:
        yield encode(batch)
    except ChannelError:
        if len(batch.events) < 2:
            raise
        half = len(batch.events) // 2
        yield from encode_batch(Batch(events=batch.events[:half]))
        yield from encode_batch(Batch(events=batch.events[half:]))


def decode_from_probe(body: bytes) -> FromProbe:
    """A frame that the probe sent. Raises `ChannelError` where it is none."""
    return _decode(_from_probe, body)


def decode_to_probe(body: bytes) -> ToProbe:
    """A frame that the parent sent. Raises `ChannelError` where it is none."""
    return _decode(_to_probe, body)


def _decode(decoder: "msgspec.msgpack.Decoder[T]", body: bytes) -> T:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ChannelError(f"expected a frame of version {VERSION}, found {body[:40]!r}: {error}") from error


class FrameBuffer:
    """Cuts a byte stream into frame bodies."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the body of every frame that `data` completes.

        Raises `ChannelError` for a length beyond `MAX_FRAME_BYTES`: the stream is not ours.
        """
        self._bytes += data
        while len(self._bytes) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._bytes)
            if length > MAX_FRAME_BYTES:
                raise ChannelError(f"expected a frame of at most {MAX_FRAME_BYTES} bytes, found a length of {length}")
            end = _LENGTH.size + length
            if len(self._bytes) < end:
                return
            body = bytes(self._bytes[_LENGTH.size : end])
            del self._bytes[:end]
            yield body


def check_version(hello: Hello) -> None:
    """Raise `ChannelError` where the other side speaks another version."""
    if hello.version != VERSION:
        raise ChannelError(
            f"expected version {VERSION} of the probe's protocol, found {hello.version}: "
            "both ends must come from the same wsmonitor"
        )
