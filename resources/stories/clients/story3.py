"""Story 3, the client: it sends segments to a server that gives it up, sends once more and closes twice."""

import asyncio
import json

from playing import Client, ms, play, reference
from websockets.asyncio.client import ClientConnection


def path(beat_s: float) -> str:
    """The server's error path runs after three beats."""
    return f"/double_close?after={ms(3 * beat_s)}"


async def live(connection: ClientConnection, beat_s: float) -> None:
    """Send segments until it is over."""
    while True:
        await connection.send(json.dumps({"type": "segment"}))
        await connection.recv()
        await asyncio.sleep(beat_s / 2)


if __name__ == "__main__":
    play(Client(path, live), fixed=Client(reference, live))
