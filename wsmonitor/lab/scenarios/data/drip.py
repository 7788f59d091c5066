"""Frames that arrive a few bytes at a time; pongs must wait for the frame before them."""

import asyncio

from wsmonitor.lab.parameters import Query, duration, size
from wsmonitor.lab.service import Service, answer_to, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.frames import Opcode, close_payload, encode
from wsmonitor.lab.wire.silence import until_gone
from wsmonitor.lab.wire.websocket import Close, Message, Ping, WebSocket

HINT = "Every frame arrives byte by byte, and pongs queue behind: bytes are life, slow is not dead."


class Parameters(Query):
    size_bytes: int = size("200", "size of each message")
    portion_bytes: int = size("1", "bytes written at a time")
    pause_s: float = duration("10ms", "time between portions")


class _Drip(Service):
    def __init__(self, socket: WebSocket, parameters: Parameters) -> None:
        super().__init__(socket)
        self._parameters = parameters
        self._waiting: list[bytes] = []
        self._close: bytes | None = None

    async def on_ping(self, ping: Ping) -> None:
        self._waiting.append(encode(Opcode.PONG, ping.payload))

    async def on_message(self, message: Message) -> None:
        answer = answer_to(message)
        self._waiting.append(encode(answer.opcode, answer.payload))

    async def on_close(self, close: Close) -> None:
        # A Close must not stand inside another frame's bytes: drip() sends it when its turn comes.
        self._close = encode(Opcode.CLOSE, close_payload(close.code))
        await until_gone(self.socket.wire)

    async def drip(self) -> None:
        filler = encode(Opcode.TEXT, b"." * self._parameters.size_bytes)
        while self._close is None:
            await self._write_slowly(self._waiting.pop(0) if self._waiting else filler)
        await self._write_slowly(self._close)

    async def _write_slowly(self, data: bytes) -> None:
        portion = max(1, self._parameters.portion_bytes)
        for start in range(0, len(data), portion):
            await self.socket.wire.write(data[start : start + portion])
            await asyncio.sleep(self._parameters.pause_s)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Sends in drips until the client leaves."""
    service = _Drip(await visit.accept(), parameters)
    await together(service.run(), service.drip())
    await visit.wire.fin()
