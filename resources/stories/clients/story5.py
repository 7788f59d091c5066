"""Story 5, the client: accepted, and gone before the first message, every time. On the fixed server it streams."""

import asyncio
import json

from playing import Client, play, reference
from websockets.asyncio.client import ClientConnection


def path(_beat_s: float) -> str:
    """The server fails on its first send."""
    return "/early_close"


async def live(connection: ClientConnection, beat_s: float) -> None:
    """Wait for the welcome, and stream audio until it is over."""
    print(await connection.recv(), flush=True)
    while True:
        await connection.send(json.dumps({"type": "audio"}))
        await connection.recv()
        await asyncio.sleep(beat_s / 2)


if __name__ == "__main__":
    play(Client(path, live), fixed=Client(reference, live))
