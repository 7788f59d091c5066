"""What the reference server says to one client."""

import asyncio
import json
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Final

from wsmonitor.lab.reference.client import Client
from wsmonitor.lab.reference.stats import Ending, ending_of
from wsmonitor.lab.service import Service, answer_to, together, until_set
from wsmonitor.lab.wire.frames import Opcode, ViolationError
from wsmonitor.lab.wire.websocket import Close, Message, Ping
from wsmonitor.lab.wire.wire import PeerGoneError


class Session(Service):
    """Welcome, `session_info` -> `session_confirmed`, pings of both kinds, echo for the rest."""

    def __init__(self, client: Client) -> None:
        super().__init__(client.socket)
        self._client = client
        self._id = str(uuid.uuid4())

    async def run_to_end(self, *, ready_after_s: float, heartbeat_s: float) -> Ending:
        """Serves until the client left or had to be sent away; says why."""
        now = asyncio.get_running_loop().time
        ready_at_s = now() + ready_after_s
        welcome = {"type": "connected", "session_id": self._id, "heartbeat_s": heartbeat_s}
        try:
            if not await send_when_ready(
                lambda: self._say(welcome), lambda: now() >= ready_at_s, name=self._client.name
            ):
                await self._client.hang_up(1013, "session not ready")
                return Ending.NOT_READY
            return await self._serve()
        except PeerGoneError as error:
            return ending_of(error)

    async def on_ping(self, ping: Ping) -> None:
        """Answers a protocol ping."""
        await self._client.send(Opcode.PONG, ping.payload)

    async def on_message(self, message: Message) -> None:
        """Confirms a session, answers a JSON ping, echoes the rest."""
        confirmation = confirmation_of(message)
        answer = answer_to(message)
        if confirmation is not None:
            await self._say(confirmation)
        else:
            await self._client.send(answer.opcode, answer.payload)

    async def on_close(self, close: Close) -> None:
        """Answers Close; from here on nothing else is sent."""
        self._client.disconnecting = True
        await self.socket.answer_close(close)

    async def _serve(self) -> Ending:
        endings: list[Ending] = []
        await together(self._serve_until_end(endings), until_set(self._client.stale))
        if endings:
            return endings[0]
        await self._client.hang_up(1001, "no sign of life for 3 heartbeats")
        return Ending.STALE

    async def _serve_until_end(self, endings: list[Ending]) -> None:
        try:
            while await self.serve_one():
                pass
            endings.append(Ending.CLOSED)
        except PeerGoneError as error:
            endings.append(ending_of(error))
        except ViolationError as violation:
            endings.append(Ending.PROTOCOL_VIOLATION)
            await self._client.hang_up(violation.code, violation.reason)

    async def _say(self, value: dict[str, Any]) -> None:
        await self._client.send(Opcode.TEXT, json.dumps(value).encode())


def confirmation_of(message: Message) -> dict[str, Any] | None:
    """The answer to a `session_info` message, with its session id; `None` for any other message."""
    if '"session_info"' not in message.text:
        return None
    try:
        value = json.loads(message.text)
    except ValueError:
        return None
    if not isinstance(value, dict) or value.get("type") != "session_info":
        return None
    return {"type": "session_confirmed", "session_id": value.get("session_id")}


PAUSES_S: Final = (0.0, 0.05, 0.1)
"""Before each of the three tries."""
_log = logging.getLogger(__name__)


async def send_when_ready(send: Callable[[], Awaitable[None]], ready: Callable[[], bool], *, name: str) -> bool:
    """True once `send` was done; false, with the only error line, if the last try found the session not ready."""
    for attempt, pause_s in enumerate(PAUSES_S, 1):
        await asyncio.sleep(pause_s)
        if ready():
            await send()
            _log.debug("%s: welcome sent at try %d", name, attempt)
            return True
        _log.debug("%s: not ready for the welcome at try %d of %d", name, attempt, len(PAUSES_S))
    _log.error("%s: no welcome: the session was not ready after %d tries", name, len(PAUSES_S))
    return False
