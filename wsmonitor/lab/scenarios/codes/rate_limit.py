"""Too many connections or too many messages."""

import asyncio
import math
from collections import deque

from wsmonitor.lab.parameters import Query, duration, integer
from wsmonitor.lab.service import Service, together, until_set
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.websocket import Message, WebSocket

HINT = "Too many connections get 429 with Retry-After, too many messages 1008."


class Parameters(Query):
    """The limits; all who visit the same URL share the one on connections."""

    opens: int = integer(5, "connections within the window; more get 429 with Retry-After", low=1)
    messages: int = integer(20, "messages of one connection within the window; more get 1008", low=1)
    per_s: float = duration("10s", "the window")


class Window:
    """Counts what happened in a sliding window of time."""

    def __init__(self) -> None:
        self._times_s: deque[float] = deque()

    def wait_s(self, now_s: float, limit: int, per_s: float) -> float:
        """0 and counted where the limit allows one more; otherwise the time until it will."""
        while self._times_s and self._times_s[0] <= now_s - per_s:
            self._times_s.popleft()
        if len(self._times_s) >= limit:
            return self._times_s[0] + per_s - now_s
        self._times_s.append(now_s)
        return 0.0


class _Limited(Service):
    def __init__(self, socket: WebSocket, parameters: Parameters) -> None:
        super().__init__(socket)
        self._parameters = parameters
        self._window = Window()
        self.exceeded = asyncio.Event()

    async def on_message(self, message: Message) -> None:
        now_s = asyncio.get_running_loop().time()
        if self._window.wait_s(now_s, self._parameters.messages, self._parameters.per_s):
            self.exceeded.set()
            await asyncio.Event().wait()  # nothing more is answered; run() closes
        await super().on_message(message)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well within the limits."""
    now_s = asyncio.get_running_loop().time()
    if wait_s := visit.shared(Window).wait_s(now_s, parameters.opens, parameters.per_s):
        await visit.answer(429, "Too many connections.", {"Retry-After": str(math.ceil(wait_s))})
        return
    service = _Limited(await visit.accept(), parameters)
    await together(service.run(), until_set(service.exceeded))
    if service.exceeded.is_set():
        await service.socket.close(1008, "rate limit exceeded: too many messages")
