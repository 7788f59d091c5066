"""The well-behaved server that every scenario starts from: it overrides the one thing that goes wrong."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Coroutine
from typing import Any

from wsmonitor.lab.wire.delay_line import DelayLine
from wsmonitor.lab.wire.frames import Opcode, ViolationError
from wsmonitor.lab.wire.websocket import Close, Message, Ping, Pong, WebSocket
from wsmonitor.lab.wire.wire import PeerGoneError


class Service:
    """Echoes messages, answers pings, `{"type":"ping"}` and Close, and fails violations as RFC 6455 says."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.ended = False
        """True once `run` ended by itself: the client closed, broke the protocol or is gone."""

    async def run(self) -> None:
        """Serves until the client closes, breaks the protocol or is gone."""
        with contextlib.suppress(PeerGoneError):
            try:
                while await self.serve_one():
                    pass
            except ViolationError as violation:
                await self.socket.close(violation.code, violation.reason)
        self.ended = True

    async def on_ping(self, ping: Ping) -> None:
        """Answers a protocol ping."""
        await self.socket.send(Opcode.PONG, ping.payload)

    async def on_pong(self, pong: Pong) -> None:
        """Takes note of a pong."""

    async def on_message(self, message: Message) -> None:
        """Answers a data message."""
        answer = answer_to(message)
        await self.socket.send(answer.opcode, answer.payload)

    async def on_close(self, close: Close) -> None:
        """Answers the client's Close."""
        await self.socket.answer_close(close)

    async def serve_one(self) -> bool:
        """Serves whatever comes next; false once that was the client's Close."""
        match await self.socket.receive():
            case Ping() as ping:
                await self.on_ping(ping)
            case Message() as message:
                await self.on_message(message)
            case Close() as close:
                await self.on_close(close)
                return False
            case Pong() as pong:
                await self.on_pong(pong)
        return True


class Late(Service):
    """Answers pings and messages `delay_s()` later, each in its turn; `line.run()` sends them."""

    def __init__(self, socket: WebSocket, delay_s: Callable[[], float]) -> None:
        super().__init__(socket)
        self.line = DelayLine(socket)
        self._delay_s = delay_s

    async def on_ping(self, ping: Ping) -> None:
        """Answers late."""
        self.line.put(self._delay_s(), Opcode.PONG, ping.payload)

    async def on_message(self, message: Message) -> None:
        """Answers late."""
        answer = answer_to(message)
        self.line.put(self._delay_s(), answer.opcode, answer.payload)


def answer_to(message: Message) -> Message:
    """The message itself; for a JSON object of type `ping` the same object with type `pong`."""
    if is_app_heartbeat(message):
        return Message(Opcode.TEXT, json.dumps(json.loads(message.text) | {"type": "pong"}).encode())
    return message


def is_app_heartbeat(message: Message) -> bool:
    """True for a JSON object whose `type` is `ping`."""
    if not message.text.lstrip().startswith("{"):
        return False
    try:
        value = json.loads(message.text)
    except ValueError:
        return False
    return isinstance(value, dict) and value.get("type") == "ping"


async def until_set(event: asyncio.Event) -> None:
    """Returns once the event is set; for `together`."""
    await event.wait()


async def together(*works: Coroutine[Any, Any, None]) -> None:
    """Runs all at once; the first to end ends the others. A client that is gone ends it quietly."""
    tasks = [asyncio.create_task(work, name="lab visit") for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError | PeerGoneError):
            raise result
