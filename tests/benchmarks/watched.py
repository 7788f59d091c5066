"""A received message of 128 bytes, watched, against the connection of websockets that it extends."""

import asyncio
from collections.abc import Iterator
from time import monotonic_ns
from unittest.mock import create_autospec

from websockets.asyncio.client import ClientConnection
from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from tests.benchmarks.row import Row, in_turns
from wsmonitor.engine.wire.watched_connection import WatchedConnection, Watcher

MESSAGES = 500


def run() -> Iterator[Row]:
    """Feed both with the same bytes, as asyncio would."""
    yield asyncio.run(_measure())


async def _measure() -> Row:
    stream = b"".join(Frame(Opcode.TEXT, bytes(128)).serialize(mask=False) for _ in range(MESSAGES))
    tapped = _open(WatchedConnection(_protocol(), listener=_Silent(), now_ns=monotonic_ns))  # type: ignore[abstract]  # bodies are empty on purpose
    plain = _open(ClientConnection(_protocol(), ping_interval=None, max_queue=None))

    return in_turns(
        "a message of 128 bytes, watched",
        lambda: tapped.data_received(stream),
        lambda: plain.data_received(stream),
        per=MESSAGES,
        goal=1.0,
    )


def _protocol() -> ClientProtocol:
    return ClientProtocol(parse_uri("ws://127.0.0.1/"), state=State.OPEN, max_size=None)


def _open(connection: ClientConnection) -> ClientConnection:
    connection.response = Response(101, "Switching Protocols", Headers())
    transport = create_autospec(asyncio.Transport, instance=True)
    transport.is_closing.return_value = False
    connection.connection_made(transport)
    return connection


class _Silent(Watcher):
    """A listener that does nothing: what remains is the cost of telling it."""
