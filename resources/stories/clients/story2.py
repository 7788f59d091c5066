"""Story 2, the client: five tabs at a server whose heartbeat to all fails on the first one that is gone.

The client is right; what it sees is that all of its connections end in the same moment.
"""

import asyncio
import json

from playing import Client, ms, play, reference
from websockets.asyncio.client import ClientConnection


def path(beat_s: float) -> str:
    """Somebody is cut off at an age of 3 to 9 beats, and everybody is dropped."""
    return f"/broadcast?low={ms(3 * beat_s)}&high={ms(9 * beat_s)}&beat={ms(beat_s / 2)}"


async def live(connection: ClientConnection, beat_s: float) -> None:
    """Send segments until it is over."""
    while True:
        await connection.send(json.dumps({"type": "segment"}))
        await connection.recv()
        await asyncio.sleep(beat_s / 2)


if __name__ == "__main__":
    play(Client(path, live, connections=5), fixed=Client(reference, live, connections=5))
