"""Story 4, the client: it sends JSON pings and is answered, but ping frames get no pong: gone after a minute.

As in a client whose library leaves pongs to a handler that nobody wrote. The fixed client answers ping frames.
"""

import asyncio
import itertools
import json
from typing import Any

from playing import Client, ms, play
from websockets.asyncio.client import ClientConnection
from websockets.frames import Frame, Opcode


class WithoutPongs(ClientConnection):
    """Leaves the server's pings unanswered."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        send_frame = self.protocol.send_frame

        def send_all_but_pongs(frame: Frame) -> None:
            if frame.opcode is not Opcode.PONG:
                send_frame(frame)

        self.protocol.send_frame = send_all_but_pongs  # type: ignore[method-assign]  # the client's bug


def path(beat_s: float) -> str:
    """Pings every 3 beats, and a deadline of 12 without a pong."""
    return f"/read_deadline?ping={ms(3 * beat_s)}&deadline={ms(12 * beat_s)}"


async def live(connection: ClientConnection, beat_s: float) -> None:
    """Ask for a session, and send JSON pings until it is over."""
    await connection.send(json.dumps({"type": "session_info", "session_id": "their-session"}))
    print(await connection.recv(), flush=True)
    for number in itertools.count():
        await connection.send(json.dumps({"type": "ping", "id": number}))
        await connection.recv()
        await asyncio.sleep(beat_s)


if __name__ == "__main__":
    play(Client(path, live, create=WithoutPongs), fixed=Client(path, live))
