"""Story 1, the client: a keep-alive on a timer that nobody stops when the connection begins to close.

It shuts down after three beats. The close handshake takes its time, and the beats go on: they are written under the
library's own guard, as a client does that keeps the socket. The fixed client looks at the state before each beat.
"""

import asyncio
import json
import time
import uuid

from playing import Client, ms, play
from websockets.asyncio.client import ClientConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import State


def path(beat_s: float) -> str:
    """A server that takes its time to answer a Close."""
    return f"/no_close_reply?hold={ms(4 * beat_s)}"


async def live(connection: ClientConnection, beat_s: float) -> None:
    """Beat, and close meanwhile."""
    await _shut_down(connection, beat_s, asks_first=False)


async def live_well(connection: ClientConnection, beat_s: float) -> None:
    """Beat only while the connection is open."""
    await _shut_down(connection, beat_s, asks_first=True)


async def _shut_down(connection: ClientConnection, beat_s: float, *, asks_first: bool) -> None:
    beats = asyncio.create_task(_beat(connection, beat_s, asks_first=asks_first))
    await asyncio.sleep(3.5 * beat_s)
    print("closing", flush=True)
    await connection.close()
    beats.cancel()


async def _beat(connection: ClientConnection, beat_s: float, *, asks_first: bool) -> None:
    while True:
        await asyncio.sleep(beat_s)
        if asks_first and connection.state is not State.OPEN:
            continue
        beat = {"id": str(uuid.uuid4()), "type": "stt.heartbeat", "timestamp": time.time()}
        connection.transport.write(Frame(Opcode.TEXT, json.dumps(beat).encode()).serialize(mask=True))


if __name__ == "__main__":
    play(Client(path, live), fixed=Client(path, live_well))
