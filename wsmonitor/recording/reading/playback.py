"""Plays a recording as if it happened now, at 1 to 100 times its speed."""

import time
from collections.abc import Callable, Iterator
from typing import Protocol

from wsmonitor.facts.events import AnyEvent

SLOWEST, FASTEST = 1.0, 100.0


class Source(Protocol):
    """What can be played: a `Replay` or an `Excerpt`."""

    @property
    def start_ns(self) -> int: ...
    @property
    def end_ns(self) -> int: ...
    def batches(self) -> Iterator[list[AnyEvent]]: ...


class Playback:
    """Hands out events when their time has come; it stands in for the probe in `gui.bridge`.

    `position_ns` is a time of the recording, and the `now_ns` for snapshots. Paused at first.

    Args:
        clock: monotonic nanoseconds of the present.
    """

    def __init__(self, source: Source, *, clock: Callable[[], int] = time.monotonic_ns) -> None:
        self._source = source
        self._clock = clock
        self._speed = 1.0
        self._is_playing = False
        self._from_ns = source.start_ns  # position at the time `_since_ns` of the clock
        self._since_ns = clock()
        self._batches = source.batches()
        self._waiting: list[AnyEvent] = []
        self._next = 0

    @property
    def position_ns(self) -> int:
        """Where the playback is now."""
        passed_ns = round((self._clock() - self._since_ns) * self._speed) if self._is_playing else 0
        return min(self._from_ns + passed_ns, max(self._source.start_ns, self._source.end_ns))

    @property
    def is_playing(self) -> bool:
        """False while paused and once the end is reached."""
        return self._is_playing and self.position_ns < self._source.end_ns

    @property
    def speed(self) -> float:
        """How many seconds of the recording pass in one."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Play `speed` times as fast, 1 to 100."""
        self._anchor(self.position_ns)
        self._speed = min(max(speed, SLOWEST), FASTEST)

    def play(self) -> None:
        """Go on from the position."""
        self._anchor(self.position_ns)
        self._is_playing = True

    def pause(self) -> None:
        """Stand still."""
        self._anchor(self.position_ns)
        self._is_playing = False

    def seek(self, at_ns: int) -> None:
        """Go to a time, forward: what was taken is taken."""
        self._anchor(min(max(at_ns, self._source.start_ns), self._source.end_ns))

    def go_on(self, batches: Iterator[list[AnyEvent]], at_ns: int) -> None:
        """Stand at `at_ns`, with these batches to come."""
        self._batches, self._waiting, self._next = batches, [], 0
        self.seek(at_ns)

    def take(self) -> list[AnyEvent]:
        """The events up to the position that were not taken yet."""
        position_ns = self.position_ns
        due: list[AnyEvent] = []
        while self._fill() and self._waiting[self._next].at_ns <= position_ns:
            rest = self._waiting[self._next :]
            late = next((number for number, event in enumerate(rest) if event.at_ns > position_ns), len(rest))
            due += rest[:late]
            self._next += late
        return due

    def _fill(self) -> bool:
        """Whether there is an event to come."""
        while self._next >= len(self._waiting):
            batch = next(self._batches, None)
            if batch is None:
                return False
            self._waiting, self._next = batch, 0
        return True

    def _anchor(self, position_ns: int) -> None:
        self._from_ns, self._since_ns = position_ns, self._clock()
