"""One timer at the earliest moment at which anything is due."""

from collections.abc import Callable, Iterable

from wsmonitor.engine.clocks.clock import Clock, Timer


class Alarm:
    """Calls `ring` once at the time it was set to, or later; setting it again replaces that time."""

    __slots__ = ("_clock", "_due_ns", "_ring", "_timer")

    def __init__(self, clock: Clock, ring: Callable[[], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._timer: Timer | None = None
        self._due_ns: int | None = None

    def set(self, times_ns: Iterable[int | None]) -> None:
        """Ring at the earliest of these times; never if all are `None`."""
        due_ns = min((at_ns for at_ns in times_ns if at_ns is not None), default=None)
        if self._timer is not None and due_ns == self._due_ns:
            return
        self.cancel()
        if due_ns is not None:
            self._due_ns = due_ns
            self._timer = self._clock.call_at(due_ns, self._wake)

    def cancel(self) -> None:
        """Do not ring."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake(self) -> None:
        self._timer = None
        self._ring()
