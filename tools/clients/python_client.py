"""A client made with Python's `websockets`: `own` loop of the library, or a `plain` one without delay and heartbeat."""

import asyncio
import contextlib
import itertools
import sys

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

PERIOD_S = 1.5
_numbers = itertools.count(1)


async def talk(connection: ClientConnection) -> None:
    """Subscribe, and send something now and then, until it is closed."""
    with contextlib.suppress(ConnectionClosed):
        await connection.send('{"op": "subscribe"}')
        while True:
            try:
                async with asyncio.timeout(PERIOD_S):
                    await connection.wait_closed()
                return
            except TimeoutError:
                await connection.send(f'{{"op": "order", "number": {next(_numbers)}}}')


async def own(url: str) -> None:
    """As the documentation of the library says."""
    async for connection in connect(url):
        await talk(connection)


async def plain(url: str) -> None:
    """As it is written in a hurry."""
    while True:
        with contextlib.suppress(OSError, WebSocketException):
            async with connect(url, ping_interval=None) as connection:
                await talk(connection)


asyncio.run({"own": own, "plain": plain}[sys.argv[1]](sys.argv[2]))
