"""What a method works with: polite openings, waiting, a ledger, and somebody who hears how it goes."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from msgspec.structs import replace

from wsmonitor.experiments.line.line import End, Line, Pongs, upgraded
from wsmonitor.experiments.line.upgrade import Request, new_key
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.politeness import REFUSING_STATUSES, TURNED_AWAY_NS, Ledger, Politeness
from wsmonitor.facts.answers import ExperimentLine
from wsmonitor.text.units import exact_s

SWITCHING = 101
ROOM_S = 0.05
CLOSE_WAIT_S = 10.0
SETTLE_S = 0.05
"""Whoever takes a connection and turns it away at once does so within this, or two round trips."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was seen of the server before the experiment: its head and three round trips."""

    server: str = ""
    """Its `Server` header."""
    round_trip_ns: int = 0
    """The longest of three; 0 where pings were not answered."""
    is_private: bool = True
    """On this machine or in a private network."""
    is_single: bool = False
    """The server keeps one connection at a time: one more is refused, or ends the one before."""
    pongs: Literal["same", "wrong", "none"] = "same"
    """What came to its pings: pongs as they should be, others, or nothing."""
    lives_a_second: bool = True
    """Connections live longer than a second without a word."""


class OpeningError(Exception):
    """A connection did not open; the text says why."""


class Time(Protocol):
    """The clocks that an experiment asks."""

    def now_ns(self) -> int: ...
    def wall_ns(self) -> int: ...
    def boot_ns(self) -> int: ...


class Way(Protocol):
    """How the server is reached, with every option of connecting."""

    timeout_s: float

    @property
    def origin(self) -> str:
        """What a page of this server sends as `Origin`."""

    @property
    def request(self) -> Request:
        """A good upgrade request; its key is replaced at every opening."""

    async def connect(self, line: Line) -> None:
        """TCP and TLS, through a proxy where one is used. Raises `OpeningError`."""

    def follow(self, location: str) -> bool:
        """Go where an answer redirects to; false where it has done so too often. Raises where that makes no sense."""


@dataclass
class Opened:
    """A line, what it was opened for, and which picture of it was shown last."""

    line: Line
    shown: ExperimentLine


class Bench:
    """The tools of one experiment. Every line that it opens is dropped at the end."""

    def __init__(
        self,
        *,
        way: Way,
        options: ExperimentOptions,
        clock: Time,
        politeness: Politeness,
        ledger: Ledger,
        tell: Callable[[str, ExperimentLine | None], None] = lambda _step, _line: None,
    ) -> None:
        self.way = way
        self.options = options
        self.clock = clock
        self.politeness = politeness
        self.ledger = ledger
        self.seen = Seen()
        self.as_page = False
        """Requests carry the origin of the server's own pages: without one it refuses."""
        self.close_wait_s = CLOSE_WAIT_S
        """How long the server may take to answer a Close; less once it did not answer one at all."""
        self._tell = tell
        self._numbers = itertools.count(1)
        self._opened: list[Opened] = []

    def now_ns(self) -> int:
        """The monotonic clock."""
        return self.clock.now_ns()

    @property
    def patience_s(self) -> float:
        """How long an answer may take: 1 s, or five round trips."""
        return max(1.0, 5 * self.seen.round_trip_ns / 1e9)

    def say(self, step: str) -> None:
        """Tell what is done now."""
        self._tell(step, None)

    async def sleep(self, seconds: float) -> None:
        """Wait; never less."""
        until_ns = self.now_ns() + round(seconds * 1e9)
        while (left_ns := until_ns - self.now_ns()) > 0:  # noqa: ASYNC110  # a sleep may end early
            await asyncio.sleep(left_ns / 1e9)

    async def attempt(
        self,
        request: Request | None = None,
        *,
        group: str = "",
        planned_s: float | None = None,
        pongs: Pongs = "same",
        on_open: Callable[[Line], None] | None = None,
        retries: bool = True,
    ) -> Line:
        """A line on which the request was sent, whatever came back but a refusal; politely paced.

        What was refused is tried once more, later, unless the refusal is what is looked for. Raises `OpeningError`
        where not even TCP or TLS could be had, and `RefusedError` after two refusals.
        """
        while True:
            line = await self._attempt(request, group=group, planned_s=planned_s, pongs=pongs, on_open=on_open)
            if line.response is None or line.response.status not in REFUSING_STATUSES:
                return line
            if not retries:
                return line
            line.drop()
            self.politeness.check()

    async def _attempt(
        self,
        request: Request | None,
        *,
        group: str,
        planned_s: float | None,
        pongs: Pongs,
        on_open: Callable[[Line], None] | None,
    ) -> Line:
        while not self.politeness.has_room:
            await self.sleep(ROOM_S)
        wait_ns = self.politeness.wait_ns(self.now_ns())
        await self.sleep(wait_ns / 1e9)
        line = Line(self.now_ns, self.ledger.add_bytes)
        line.pongs = pongs
        line.on_open = on_open
        self.ledger.openings += 1
        try:
            async with asyncio.timeout(self.way.timeout_s):
                await self.way.connect(line)
        except TimeoutError as error:
            raise OpeningError(f"nothing answered within {exact_s(self.way.timeout_s)}") from error
        planned_ns = None if planned_s is None else round(planned_s * 1e9)
        shown = ExperimentLine(number=next(self._numbers), group=group, opened_ns=line.opened_ns, planned_ns=planned_ns)
        self._opened.append(Opened(line, shown))
        self.politeness.held += 1
        line.on_end = self._ended
        self._tell("", shown)
        request = request or self.request()
        response = await upgraded(line, request, self.way.timeout_s)
        if response is not None and response.status in REFUSING_STATUSES:
            wait = response.header("Retry-After") or ""
            wait_s = float(wait[:6]) if wait.isascii() and wait.isdigit() else 0.0
            self.politeness.refused(f"HTTP {response.status}", self.now_ns(), wait_s=wait_s)
        return line

    async def open(
        self,
        *,
        group: str = "",
        planned_s: float | None = None,
        pongs: Pongs = "same",
        request: Request | None = None,
        on_open: Callable[[Line], None] | None = None,
        retries: bool = True,
        settles: bool = True,
    ) -> Line:
        """An open connection, which the server did not turn away at once (where it `settles`).

        Raises `OpeningError` or `RefusedError`.
        """
        while True:
            line = await self.attempt(
                request, group=group, planned_s=planned_s, pongs=pongs, on_open=on_open, retries=retries
            )
            if line.response is None or line.response.status != SWITCHING:
                line.drop()
                if not retries:
                    raise OpeningError(why_not_open(line))
                self.politeness.refused(why_not_open(line), self.now_ns())
                self.politeness.check()
                continue
            if on_open is not None or not settles:  # it may have said something already
                return line
            await line.ended(max(SETTLE_S, 2 * self.seen.round_trip_ns / 1e9))
            if line.is_up or not self.seen.lives_a_second:
                return line
            line.drop()
            self.politeness.check()
            if not retries:
                raise OpeningError(f"turned away ({line.end})")

    def request(self) -> Request:
        """A good upgrade request with a fresh key."""
        request = self.way.request.with_header("Sec-WebSocket-Key", new_key())
        return request.with_header("Origin", self.way.origin) if self.as_page else request

    def others_heard(self, line: Line, since_ns: int) -> bool:
        """Whether the server said anything on another connection since then."""
        return any(one.line.last_rx_ns > since_ns for one in self._opened if one.line is not line)

    def drop_all(self) -> None:
        """End every connection that is left."""
        for opened in self._opened:
            opened.line.drop()

    def _ended(self, line: Line, end: End) -> None:
        self.politeness.held -= 1
        opened = next(one for one in self._opened if one.line is line)
        if self._is_turned_away(line, end):
            self.politeness.refused(str(end), end.at_ns)
        opened.shown = replace(opened.shown, ended_ns=end.at_ns, how=str(end))
        self._tell("", opened.shown)

    def _is_turned_away(self, line: Line, end: End) -> bool:
        """Whether the server ended the newest connection as soon as it was open, before we said anything."""
        is_newest = self._opened[-1].line is line
        is_open = line.response is not None and line.response.status == SWITCHING
        soon = end.at_ns - line.opened_ns < TURNED_AWAY_NS and self.seen.lives_a_second
        return is_newest and is_open and soon and line.is_untouched and end.how != "local"


def why_not_open(line: Line) -> str:
    """What came instead of 101."""
    if line.response is not None:
        return f"HTTP {line.response.status} {line.response.reason}".rstrip()
    if line.not_http:
        return "the answer is not HTTP"
    return f"no answer to the upgrade request ({line.end})" if line.end else "no answer to the upgrade request in time"
