"""Frames that leave later, in the order in which they were put, while reading goes on."""

import asyncio

from wsmonitor.lab.wire.frames import Opcode
from wsmonitor.lab.wire.websocket import WebSocket


class DelayLine:
    """A queue of frames with due times; `run` sends them. A later frame never overtakes an earlier one."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._queue: asyncio.Queue[tuple[float, Opcode, bytes]] = asyncio.Queue()

    def put(self, delay_s: float, opcode: Opcode, payload: bytes) -> None:
        """Sends the frame `delay_s` from now, or once the frames before it are out."""
        self._queue.put_nowait((asyncio.get_running_loop().time() + delay_s, opcode, payload))

    async def run(self) -> None:
        """Sends what is due, for ever."""
        while True:
            due_s, opcode, payload = await self._queue.get()
            await asyncio.sleep(due_s - asyncio.get_running_loop().time())
            await self._socket.send(opcode, payload)
