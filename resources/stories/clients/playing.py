"""What the five clients share: where to go, how fast, and a new connection after a pause whenever one was lost.

Each is the client of one failure story as its author had it. Start the lab and a tap in front of it, then a client:

    wsmonitor lab --port 8765
    wsmonitor tap ws://localhost:8765 --listen 9001
    python story1.py ws://localhost:9001            # and with --fixed
"""

import argparse
import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

Live = Callable[[ClientConnection, float], Awaitable[None]]
"""What a client does with an open connection, with a beat every so many seconds, until the connection is lost."""


def ms(seconds: float) -> str:
    """A duration as the lab's URLs have it."""
    return f"{max(1, round(1000 * seconds))}ms"


@dataclass(frozen=True)
class Client:
    """A client; `path` gives the server its times."""

    path: Callable[[float], str]
    live: Live
    connections: int = 1
    create: type[ClientConnection] = ClientConnection


def reference(beat_s: float) -> str:
    """The fixed server, which pings every third beat."""
    return f"/reference?heartbeat={ms(3 * beat_s)}"


def play(failing: Client, *, fixed: Client) -> None:
    """Read the command line and keep the client's connections, until Ctrl+C."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url", help="of the tap, such as ws://localhost:9001")
    parser.add_argument("--beat", type=float, default=1.0, metavar="SECONDS", help="the client's beat [1]")
    parser.add_argument("--fixed", action="store_true", help="with the fix, at the client or at the server")
    asked = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_play(fixed if asked.fixed else failing, asked.url.rstrip("/"), asked.beat))


async def _play(client: Client, url: str, beat_s: float) -> None:
    async with asyncio.TaskGroup() as tasks:
        for number in range(client.connections):
            tasks.create_task(_again_and_again(client, number, url + client.path(beat_s), beat_s))


async def _again_and_again(client: Client, number: int, url: str, beat_s: float) -> None:
    while True:
        try:
            async with connect(
                url, create_connection=client.create, ping_interval=None, close_timeout=3 * beat_s
            ) as connection:
                print(f"{number}: connected", flush=True)
                await client.live(connection, beat_s)
        except (OSError, WebSocketException) as lost:
            print(f"{number}: {lost}", flush=True)
        await asyncio.sleep(random.uniform(1, 2) * beat_s)
