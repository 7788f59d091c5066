"""A watched connection without a network: what it makes of what asyncio tells it, in which order."""

import itertools
from types import SimpleNamespace
from typing import cast
from unittest.mock import Mock

import pytest
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from tests.engine.peer import PONG, close, frame, text
from tests.engine.wire.test_watched_connection_contract import answer_to
from wsmonitor.engine.wire.stamped_socket import StampedSocket
from wsmonitor.engine.wire.watched_connection import WatchedConnection

MS = 1_000_000


class Heard(Mock):
    """What its listener was told, and how long that had waited."""

    def listen_to(self, connection: WatchedConnection) -> None:
        self.waited_ns: list[int] = []
        self.control_received.side_effect = lambda *_: self.waited_ns.append(connection.waited_ns)

    @property
    def controls(self) -> list[Opcode]:
        return [cast(Frame, call.args[0]).opcode for call in self.control_received.call_args_list]


@pytest.fixture
async def opened() -> tuple[WatchedConnection, Heard]:
    """Open, and every look at the clock takes a millisecond: five make a turn."""
    protocol, heard = ClientProtocol(parse_uri("ws://host.example/")), Heard()
    clock = itertools.count(0, MS)
    connection = WatchedConnection(protocol, listener=heard, now_ns=lambda: next(clock))
    heard.listen_to(connection)
    connection.connection_made(Mock(is_closing=lambda: False, get_write_buffer_size=lambda: 0))
    protocol.send_request(protocol.connect())
    connection.data_received(answer_to(protocol))
    heard.opened.assert_called_once()
    return connection, heard


@pytest.mark.parametrize("end", ["eof_received", "connection_lost"])
async def test_a_close_that_came_with_more_than_a_turns_worth_before_the_end_is_seen(
    opened: tuple[WatchedConnection, Heard], end: str
) -> None:
    connection, heard = opened
    connection.data_received(text("a") * 60_000 + close(1001))
    assert heard.controls == []

    connection.eof_received() if end == "eof_received" else connection.connection_lost(ConnectionResetError())

    assert heard.controls == [Opcode.CLOSE]
    told = [name for name, _, _ in heard.method_calls]
    assert told.index("control_received") < told.index("end_received" if end == "eof_received" else "lost")


async def test_what_is_parsed_later_had_waited_as_long_as_when_it_was_handed_over(
    opened: tuple[WatchedConnection, Heard],
) -> None:
    connection, heard = opened
    connection.socket = cast(StampedSocket, SimpleNamespace(waited_ns=3 * MS))
    connection.data_received(text("a") * 60_000 + frame(PONG, b"ours"))
    assert heard.controls == []

    connection.socket = cast(StampedSocket, SimpleNamespace(waited_ns=9_000 * MS))  # TLS went on reading
    while not heard.controls:
        connection._parse_on()

    assert heard.waited_ns == [3 * MS]
