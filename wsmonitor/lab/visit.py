"""One client's visit to a scenario: its request, its wire, and what visitors of the same URL share."""

import random
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final, TypeVar, cast

from wsmonitor.lab.wire.request import Request, response, text_response, upgrade_headers
from wsmonitor.lab.wire.websocket import WebSocket
from wsmonitor.lab.wire.wire import Wire

S = TypeVar("S")
MAX_SHARED_URLS: Final = 10_000


class Shelf:
    """State by URL (path and query), made at the first visit; the longest unused goes first when it is full."""

    def __init__(self) -> None:
        self._items: OrderedDict[tuple[str, object], object] = OrderedDict()

    def take(self, key: str, make: Callable[[], S]) -> S:
        """The state of kind `make` under `key`."""
        slot = (key, make)
        if slot not in self._items:
            self._items[slot] = make()
            if len(self._items) > MAX_SHARED_URLS:
                self._items.popitem(last=False)
        self._items.move_to_end(slot)
        return cast(S, self._items[slot])


class _Counter:
    def __init__(self) -> None:
        self.visits = 0


class Visit:
    """What a scenario gets: it accepts the WebSocket, answers with HTTP, or uses the bare wire."""

    def __init__(self, request: Request, wire: Wire, shelf: Shelf, *, port: object = None) -> None:
        self.request = request
        self.wire = wire
        self.port = port
        """The scenario's own port where the visit came in on one."""
        self._shelf = shelf
        counter = self.shared(_Counter)
        counter.visits += 1
        self.number = counter.visits
        """This is the n-th visit of its URL, from 1."""

    async def accept(self) -> WebSocket:
        """Answers 101; raises `HttpError` if no upgrade was asked for."""
        await self.wire.write(response(101, upgrade_headers(self.request)))
        return WebSocket(self.wire)

    async def answer(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        """Answers with plain HTTP and ends the connection with FIN."""
        await self.wire.write(text_response(status, text, headers))
        await self.wire.fin()

    def shared(self, make: Callable[[], S], *, key: str = "") -> S:
        """State shared by all who visit the same path and query (or by `key`); `make` is usually a class."""
        return self._shelf.take(key or self.request.key, make)

    def dice(self, seed: int) -> random.Random:
        """The same numbers for the n-th visit of the same URL and seed, every time."""
        return random.Random(f"{seed} {self.number}")
