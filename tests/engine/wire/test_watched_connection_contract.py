"""What the engine uses of websockets that is not public: it is there, and does what we rely on.

Whoever raises the pinned version runs these first. The last tests let an official `Extension` look at
every frame as well: hook and extension must tell the same story.
"""

import asyncio
import inspect
import socket
from asyncio.staggered import staggered_race
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.messages import MAX_FRAGMENTS
from websockets.client import ClientProtocol
from websockets.extensions.base import Extension
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Close, CloseCode, Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.typing import BytesLike, ExtensionName
from websockets.uri import parse_uri

from tests.engine.peer import BINARY, CLOSE, CONT, PING, PONG, TEXT, Wire, close, frame, peer, text
from tests.engine.test_conformance import deflated
from wsmonitor.engine.wire.parse_quota import Received
from wsmonitor.engine.wire.watched_connection import UNSENT_PONGS_BYTES, WatchedConnection
from wsmonitor.engine.wire.watched_protocol import WatchedProtocol

URI = parse_uri("ws://host.example/")


def opened(protocol: ClientProtocol | None = None) -> ClientProtocol:
    """A client protocol whose upgrade was accepted."""
    protocol = protocol or ClientProtocol(URI)
    protocol.send_request(protocol.connect())
    protocol.receive_data(answer_to(protocol))
    protocol.events_received()
    protocol.data_to_send()
    assert protocol.state is State.OPEN
    return protocol


def answer_to(protocol: ClientProtocol) -> bytes:
    from websockets.utils import accept_key

    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept_key(protocol.key)}\r\n\r\n"
    ).encode()


class Tapping:
    """Hears the hooks of the protocol."""

    def __init__(self) -> None:
        self.fed_bytes = 0
        self.received: list[Received] = []
        self.calls: list[str] = []

    def feed(self, protocol: ClientProtocol, data: bytes) -> None:
        self.fed_bytes += len(data)
        protocol.receive_data(data)

    def take_received(self) -> None:
        """What was received is looked at by the tests themselves."""

    def response_parsed(self, response: Response) -> None:
        self.calls.append("response")

    def control_parsed(self, frame: Frame) -> None:
        self.calls.append(f"control {frame.opcode}")

    def late_parsed(self, frame: Frame, wire_bytes: int) -> None:
        self.calls.append(f"late {frame.opcode} of {wire_bytes}")

    def lets_out(self, frame: Frame) -> bool:
        return True

    def frame_written(self, frame: Frame, wire_bytes: int) -> None:
        self.calls.append(f"written {frame.opcode}")

    def failing(self, code: int, reason: str) -> str:
        self.calls.append(f"failing {code}")
        return reason


def hook(protocol: ClientProtocol, name: str) -> list[tuple[Any, ...]]:
    """Put an attribute of the instance over a method; what it was called with."""
    calls: list[tuple[Any, ...]] = []
    method: Callable[..., Any] = getattr(protocol, name)

    def hooked(*arguments: Any) -> Any:
        calls.append(arguments)
        return method(*arguments)

    setattr(protocol, name, hooked)
    return calls


# The protocol


def test_a_protocol_of_the_library_can_become_a_tapped_one_while_its_parser_waits() -> None:
    protocol = ClientProtocol(URI)
    tap = Tapping()

    WatchedProtocol.over(protocol, tap)
    protocol.send_request(protocol.connect())
    tap.feed(protocol, answer_to(protocol))
    tap.feed(protocol, text("a") + frame(PING) + text("b"))

    assert tap.calls == ["response", "control 9", "written 10"]
    assert [(data, wire_bytes) for _, data, _, wire_bytes in tap.received] == [(b"a", 3), (b"b", 3)]
    assert not any(isinstance(event, Frame) for event in protocol.events)


def test_what_comes_after_the_peers_close_is_told_apart_and_garbage_after_it_harms_nothing() -> None:
    protocol = ClientProtocol(URI)
    tap = Tapping()
    WatchedProtocol.over(protocol, tap)
    protocol.send_request(protocol.connect())
    tap.feed(protocol, answer_to(protocol))

    tap.feed(protocol, close(1011) + text("late") + close(1000))
    tap.feed(protocol, b"\xff" * 50)
    protocol.receive_eof()

    assert tap.calls[1:] == ["control 8", "written 8", "late 1 of 6", "late 8 of 4"]
    assert tap.received == []
    assert protocol.close_rcvd is not None
    assert protocol.close_rcvd.code == 1011
    assert (protocol.state, protocol.parser_exc) == (State.CLOSED, None)


def test_the_parser_calls_process_response_through_the_instance() -> None:
    protocol = ClientProtocol(URI)
    calls = hook(protocol, "process_response")

    opened(protocol)

    ((response,),) = calls
    assert isinstance(response, Response)
    assert protocol.state is State.OPEN


def test_the_parser_calls_recv_frame_through_the_instance_for_every_opcode() -> None:
    protocol = opened()
    calls = hook(protocol, "recv_frame")

    protocol.receive_data(text("a") + frame(BINARY, b"b") + frame(PING) + frame(PONG) + close(1000))

    assert [received.opcode for (received,) in calls] == [TEXT, BINARY, PING, PONG, CLOSE]


def test_what_is_sent_by_the_protocol_itself_goes_through_send_frame_of_the_instance() -> None:
    protocol = opened()
    calls = hook(protocol, "send_frame")

    protocol.receive_data(frame(PING, b"?"))
    protocol.send_ping(b"!")
    protocol.send_text(b"t")
    protocol.receive_data(close(1000))

    assert [sent.opcode for (sent,) in calls] == [PONG, PING, TEXT, CLOSE]


@pytest.mark.parametrize(
    ("bad", "code"),
    [(frame(3), 1002), (frame(CONT), 1002), (close(999), 1002), (frame(CLOSE, b"\x03\xe8\xff"), 1007)],
)
def test_the_parser_fails_through_the_instance_with_its_code(bad: bytes, code: int) -> None:
    protocol = opened()
    calls = hook(protocol, "fail")

    protocol.receive_data(bad)

    ((failed_code, _reason),) = calls
    assert int(failed_code) == code


def test_the_end_of_the_stream_fails_with_1006_which_is_never_sent() -> None:
    protocol = opened()
    calls = hook(protocol, "fail")

    protocol.receive_eof()

    assert calls[0][0] == CloseCode.ABNORMAL_CLOSURE
    assert protocol.data_to_send() in ([], [b""])


def test_a_frame_that_is_too_long_is_failed_with_1009() -> None:
    protocol = opened(ClientProtocol(URI, max_size=10))
    calls = hook(protocol, "fail")

    protocol.receive_data(frame(BINARY, bytes(11)))

    assert int(calls[0][0]) == 1009


def test_the_readers_buffer_holds_what_was_not_parsed_yet() -> None:
    protocol = opened()

    protocol.receive_data(text("hello") + text("more")[:3])

    assert len(protocol.reader.buffer) >= 1
    assert len(protocol.reader.buffer) <= 3


def test_writes_and_events_are_lists_that_grow_until_they_are_taken() -> None:
    protocol = opened()

    protocol.receive_data(frame(PING, b"?"))

    assert isinstance(protocol.writes, list)
    assert sum(map(len, protocol.writes)) == 2 + 4 + 1
    assert [event.opcode for event in protocol.events if isinstance(event, Frame)] == [Opcode.PING]
    assert len(protocol.events_received()) == 1
    assert protocol.events == []


def test_current_size_says_whether_a_fragmented_message_is_under_way() -> None:
    protocol = opened()

    protocol.receive_data(frame(TEXT, b"a", fin=False))
    under_way = protocol.current_size
    protocol.receive_data(frame(CONT, b"b"))

    assert under_way == 1
    assert protocol.current_size is None


def test_close_parse_knows_the_empty_close_as_1005() -> None:
    assert Close.parse(b"").code == 1005


# The connection and its opener


def test_the_opener_has_what_the_dialer_uses() -> None:
    opener = connect("wss://host.example/", ssl=None, server_hostname="other", create_connection=ClientConnection)

    assert callable(opener.factory)
    assert opener.create_connection_kwargs["server_hostname"] == "other"
    assert inspect.iscoroutinefunction(opener.open_tcp_connection)
    assert opener.user_agent_header


async def test_the_openers_factory_makes_the_connection_that_was_asked_for() -> None:
    made: list[dict[str, Any]] = []

    def make(protocol: ClientProtocol, **options: Any) -> ClientConnection:
        made.append(options)
        return ClientConnection(protocol, **options)

    opener = connect("ws://host.example/", max_size=5, create_connection=make)  # type: ignore[arg-type]  # as the dialer

    assert isinstance(opener.factory(URI), ClientConnection)
    assert {"ping_interval", "close_timeout", "max_queue", "write_limit"} <= set(made[0])


def test_the_connection_has_what_the_tap_overrides_and_uses() -> None:
    names = [
        "connection_made",
        "connection_lost",
        "data_received",
        "eof_received",
        "pause_writing",
        "resume_writing",
        "process_event",
        "send_data",
    ]

    assert all(callable(getattr(ClientConnection, name)) for name in names)
    assert list(inspect.signature(ClientConnection.handshake).parameters) == [
        "self",
        "additional_headers",
        "user_agent_header",
    ]


def test_a_message_may_have_as_many_fragments_as_the_tap_allows() -> None:
    assert MAX_FRAGMENTS == 4096


async def test_the_staggered_race_returns_winner_index_and_errors() -> None:
    async def loses() -> str:
        raise OSError("lost")

    async def wins() -> str:
        return "won"

    winner, index, errors = await staggered_race([loses, wins], 0.01)

    assert (winner, index) == ("won", 1)
    assert isinstance(errors[0], OSError)


async def test_the_staggered_race_returns_none_where_everyone_loses() -> None:
    async def loses() -> str:
        raise OSError("lost")

    winner, _, errors = await staggered_race([loses, loses], 0.01)

    assert winner is None
    assert all(isinstance(error, OSError) for error in errors)


# Hook and extension agree


class Recorder(Extension):
    """Sees every frame on its way, as the library's public interface shows it."""

    name = ExtensionName("recorder")

    def __init__(self) -> None:
        self.sent: list[tuple[int, bool, bytes]] = []
        self.received: list[tuple[int, bool, bytes]] = []

    def encode(self, frame: Frame) -> Frame:
        self.sent.append((int(frame.opcode), frame.fin, bytes(frame.data)))
        return frame

    def decode(self, frame: Frame, *, max_size: int | None = None) -> Frame:
        self.received.append((int(frame.opcode), frame.fin, bytes(frame.data)))
        return frame


class Listener:
    """Hears the tap; puts the recorder in as soon as the connection is open."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.sent: list[tuple[int, bool, bytes]] = []
        self.controls: list[tuple[int, bytes]] = []
        self.messages: list[tuple[int, bytes, int]] = []
        self.wire_bytes = 0
        self.sent_wire_bytes = 0
        self.stamps: list[int] = []
        self.lost_future: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    def bytes_received(self, count: int, at_ns: int) -> None:
        self.stamps.append(at_ns)

    def opened(self, connection: WatchedConnection, response: Response, at_ns: int) -> None:
        # The first of the list is the last to decode: it sees what the application would.
        connection.protocol.extensions = [self.recorder, *connection.protocol.extensions]

    def message_received(self, opcode: Opcode, data: BytesLike, *, fragments: int, wire_bytes: int, at_ns: int) -> None:
        self.messages.append((int(opcode), bytes(data), fragments))
        self.wire_bytes += wire_bytes

    def control_received(self, frame: Frame, at_ns: int) -> None:
        self.controls.append((int(frame.opcode), bytes(frame.data)))

    def late_received(self, frame: Frame, *, wire_bytes: int, at_ns: int) -> None: ...

    def frame_sent(self, frame: Frame, *, wire_bytes: int, at_ns: int) -> None:
        self.sent.append((int(frame.opcode), frame.fin, bytes(frame.data)))
        self.sent_wire_bytes += wire_bytes

    def pong_suppressed(self, frame: Frame, at_ns: int) -> None: ...

    def failed_by_us(self, code: int, reason: str, at_ns: int) -> None: ...

    def end_received(self, at_ns: int) -> None: ...

    def writable(self) -> None: ...

    def lost(self, error: Exception | None, at_ns: int) -> None:
        self.lost_future.set_result(error)


async def tapped(frames: Sequence[bytes], *, deflate: bool) -> tuple[Listener, int]:
    """Play frames, each in a segment of its own, to a tapped connection; how many bytes came back."""
    came_back = 0

    async def script(wire: Wire) -> None:
        nonlocal came_back
        await wire.upgrade(extra=["Sec-WebSocket-Extensions: permessage-deflate"] if deflate else [])
        for number, one in enumerate(frames):
            wire.write(one + frame(PING, b"%d" % number))
            while (received := await wire.read()).payload != b"%d" % number:
                came_back += 6 + len(received.payload)
            came_back += 6 + len(received.payload)
        wire.write(close(1000))
        came_back += 6 + len((await wire.read_until(CLOSE)).payload)
        wire.end()

    listener = Listener()
    async with peer(script) as listening:
        extensions = [ClientPerMessageDeflateFactory()] if deflate else None
        protocol = ClientProtocol(parse_uri(listening.url), extensions=extensions)
        loop = asyncio.get_running_loop()
        connection = WatchedConnection(protocol, listener=listener, now_ns=lambda: 7)
        with socket.socket() as sock:
            sock.setblocking(False)
            await loop.sock_connect(sock, ("127.0.0.1", listening.port))
            await loop.create_connection(lambda: connection, sock=sock.dup())
        await connection.handshake()
        connection.write_message("grün".encode(), is_text=True)
        connection.write_ping(b"ours")
        assert await asyncio.wait_for(listener.lost_future, 5) is None
    return listener, came_back


FRAMES = [
    text("one"),
    frame(BINARY, bytes(70_000)),
    frame(TEXT, b"a", fin=False) + frame(PING, b"between") + frame(CONT, b"b"),
    frame(PONG, b"unasked"),
    text("two") + text("three"),
]


async def test_hook_and_extension_see_the_same_frames() -> None:
    listener, came_back = await tapped(FRAMES, deflate=False)

    seen = listener.recorder
    assert listener.sent == seen.sent
    assert listener.controls == [(opcode, data) for opcode, _, data in seen.received if opcode >= CLOSE]
    data_frames = [(fin, data) for opcode, fin, data in seen.received if opcode < CLOSE]
    assert b"".join(data for _, data, _ in listener.messages) == b"".join(data for _, data in data_frames)
    assert sum(fragments for *_, fragments in listener.messages) == len(data_frames)
    assert listener.sent_wire_bytes == came_back
    assert set(listener.stamps) == {7}


async def test_wire_sizes_are_those_of_the_bytes_on_the_wire() -> None:
    listener, _ = await tapped(FRAMES, deflate=False)

    payloads = 3 + 70_000 + 1 + 1 + 3 + 5
    heads = 2 + 10 + 2 + 2 + 2 + 2
    assert listener.wire_bytes == payloads + heads


async def test_with_compression_messages_are_plain_and_wire_sizes_compressed() -> None:
    body = b"Hello " * 1000
    packed = frame(TEXT, deflated(body), rsv=4)

    listener, _ = await tapped([packed], deflate=True)

    assert listener.messages == [(TEXT, body, 1)]
    assert listener.wire_bytes == len(packed)
    assert listener.sent == listener.recorder.sent


async def test_pongs_that_the_peer_does_not_read_are_bounded_and_go_on_once_it_does() -> None:
    protocol = opened()
    connection = WatchedConnection(protocol, listener=Listener(), now_ns=lambda: 7)
    waiting = 0
    connection.transport = SimpleNamespace(get_write_buffer_size=lambda: waiting)  # type: ignore[assignment]

    def answers_ping() -> bool:
        protocol.receive_data(frame(PING, b"x"))
        return protocol.data_to_send() != []

    assert answers_ping()
    waiting = UNSENT_PONGS_BYTES
    assert answers_ping()
    waiting = UNSENT_PONGS_BYTES + 1
    assert not answers_ping()
    waiting = 0
    assert answers_ping()
    assert UNSENT_PONGS_BYTES == 256 * 1024, "what SECURITY.md promises"
