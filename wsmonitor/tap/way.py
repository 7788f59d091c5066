"""One direction of a pair: from the leg that reads to the leg that writes, through the faults that are on.

Without a fault bytes are written at once, and a copy is looked at only afterwards (`looks.py`).
"""

from collections.abc import Callable
from typing import Protocol

from wsmonitor.engine.clocks.clock import Alarm, Clock
from wsmonitor.tap.looks import Looks
from wsmonitor.tap.seen.scanner import Scanner, Seen
from wsmonitor.tap.sockets.leg import LEAST_READ_BYTES, Leg

PAUSE_BYTES = 64 * 1024
RESUME_BYTES = 16 * 1024
HELD_LIMIT_BYTES = 1024 * 1024
"""A fault holds so much back; then the side that writes waits."""


class Stage(Protocol):
    """A fault on the bytes of one direction. Pure: it holds bytes and says what passes, in order."""

    @property
    def held_bytes(self) -> int:
        """What it holds back now."""
        ...

    @property
    def due_ns(self) -> int | None:
        """When `release` has something to do; `None` while there is nothing to wait for."""
        ...

    def push(self, data: bytes, now_ns: int) -> list[bytes]:
        """`data` came; what passes at once."""
        ...

    def release(self, now_ns: int) -> list[bytes]:
        """What has come due."""
        ...

    def lift(self, now_ns: int) -> list[bytes]:
        """The fault is over: all that it holds."""
        ...


Observe = Callable[[list[Seen], int, "int | None"], None]
"""What was seen, perhaps nothing, when it was read, and when it was written; `None` while a fault holds it."""
Written = Callable[[int, int], None]
"""Everything up to this offset was written at this time."""


class Way:
    """Carries bytes from `source` to `target`.

    Args:
        looks: has a copy of what was written looked at later.
    """

    __slots__ = (
        *("_alarm", "_clock", "_finishes", "_is_paused", "_looks", "_observe", "_observed_from", "_paused_since_ns"),
        *("_scanner", "_source", "_stages", "_target", "_written", "passed_bytes", "paused_ns", "taken_bytes"),
    )

    def __init__(self, source: Leg, target: Leg, *, clock: Clock, looks: Looks) -> None:
        self._source = source
        self._target = target
        self._clock = clock
        self._looks = looks
        self._alarm = Alarm(clock, self._release)
        self._stages: list[Stage] = []
        self._scanner: Scanner | None = None
        self._observe: Observe | None = None
        self._written: Written | None = None
        self._observed_from = 0
        self._is_paused = False
        self._paused_since_ns = 0
        self._finishes: Callable[[], None] | None = None
        self.taken_bytes = self.passed_bytes = 0
        self.paused_ns = 0
        """How long reading has paused because the other side did not take what came."""

    @property
    def held_bytes(self) -> int:
        """What faults hold back."""
        return sum(stage.held_bytes for stage in self._stages)

    @property
    def waiting_bytes(self) -> int:
        """What waits in the tap: held by faults, or not yet taken by the kernel."""
        return self.held_bytes + self._target.buffered_bytes

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The faults that are on, in the order in which bytes pass them."""
        return tuple(self._stages)

    @property
    def scanner(self) -> Scanner | None:
        """Who looks at frames, once there are frames; it has seen all that passed."""
        self._looks.settle()
        return self._scanner

    def watch(self, scanner: Scanner, observe: Observe, written: Written) -> None:
        """From the next byte on there are frames to be looked at."""
        self._scanner, self._observe, self._written = scanner, observe, written
        self._observed_from = self.taken_bytes

    def push(self, data: bytes, read_ns: int) -> None:
        """`data` was read from the source."""
        self.taken_bytes += len(data)
        if self._stages:
            self._pass_through(data, 0)
            written_ns = None if self.held_bytes else self._clock.now_ns()
            self._looks.settle()
            self._look(data, read_ns, written_ns)
        else:
            is_taken = self._target.write(data)
            self.passed_bytes = self.taken_bytes
            self._looks.add(self._look, data, read_ns, max(read_ns, self._target.last_written_ns), is_taken=is_taken)
        self._balance()

    def _look(self, data: bytes, read_ns: int, written_ns: int | None) -> None:
        """What passed is looked at."""
        is_much = len(data) >= LEAST_READ_BYTES
        began_ns = self._clock.cpu_ns() if is_much else 0
        if self._scanner is not None and self._observe is not None:
            self._observe(self._scanner.feed(data), read_ns, written_ns)
        if is_much:
            self._source.looked(len(data), self._clock.cpu_ns() - began_ns)

    def push_opening(self, data: bytes, in_head: int, read_ns: int, opened: Callable[[], None]) -> None:
        """The rest of an answer's head, and what came in one read with it: only that is looked at as frames.

        `opened` is called in between; faults that it adds act on what follows the head. Without any, both are
        written in one go: what was one segment stays one.
        """
        self._looks.settle()
        observe, self._observe = self._observe, None
        self._observed_from = self.taken_bytes + in_head
        before = list(self._stages)
        opened()
        after = self._stages
        if len(after) > len(before):
            self._stages = before
            self.push(data[:in_head], read_ns)
            self._stages = after
            if data[in_head:]:
                self.push(data[in_head:], read_ns)
        else:
            self.push(data, read_ns)
        self._looks.settle()
        self._observe = observe
        if self._scanner is not None and observe is not None:
            written_ns = None if self.held_bytes else self._target.last_written_ns
            observe(self._scanner.feed(data[in_head:]), read_ns, written_ns)

    def finish(self, then: Callable[[], None]) -> None:
        """Call `then` as soon as no fault holds anything back that was read before."""
        self._finishes = then
        self._finish_if_empty()

    def drained(self) -> None:
        """The target's kernel took what waited."""
        self._balance()

    def add(self, stage: Stage, *, first: bool = False) -> None:
        """A fault begins; frame by frame it works only as the first."""
        self._stages.insert(0 if first else len(self._stages), stage)

    def touch(self) -> None:
        """A stage may have something to say without a byte having come."""
        self._release(look_anyway=True)

    def remove(self, stage: Stage) -> None:
        """A fault is over: what it held passes on, in order."""
        if stage not in self._stages:
            return
        at = self._stages.index(stage)
        rest = stage.lift(self._clock.now_ns())
        del self._stages[at]
        for data in rest:
            self._pass_through(data, at)
        self._after_release()

    def close(self) -> None:
        """Nothing passes any more."""
        self._alarm.cancel()
        self._note_pause(is_paused=False)

    def _pass_through(self, data: bytes, at: int) -> None:
        """Through the stages from number `at` on; what comes out is written."""
        pieces = [data]
        now_ns = self._clock.now_ns()
        for stage in self._stages[at:]:
            pieces = [passed for piece in pieces for passed in stage.push(piece, now_ns)]
        for piece in pieces:
            self._target.write(piece)
        self._arm()

    def _release(self, *, look_anyway: bool = False) -> None:
        now_ns = self._clock.now_ns()
        for at, stage in enumerate(list(self._stages)):
            if look_anyway or (stage.due_ns is not None and now_ns >= stage.due_ns):
                for piece in stage.release(now_ns):
                    self._pass_through(piece, at + 1)
        self._after_release()

    def _after_release(self) -> None:
        self.passed_bytes = self.taken_bytes - self.held_bytes
        if self._written is not None:
            self._written(self.passed_bytes - self._observed_from, self._clock.now_ns())
        self._balance()
        self._finish_if_empty()
        self._arm()

    def _arm(self) -> None:
        self._alarm.set(tuple(stage.due_ns for stage in self._stages))

    def _finish_if_empty(self) -> None:
        if self._finishes is not None and not self.held_bytes:
            then, self._finishes = self._finishes, None
            then()

    def _balance(self) -> None:
        """Read only as much as the other side takes; each direction for itself."""
        if not (self._is_paused or self._stages or self._target.buffered_bytes):
            return
        waiting, held = self._target.buffered_bytes, self.held_bytes if self._stages else 0
        if not self._is_paused and (waiting > PAUSE_BYTES or held > HELD_LIMIT_BYTES):
            self._note_pause(is_paused=True)
            self._source.pause()
        elif self._is_paused and waiting < RESUME_BYTES and held <= HELD_LIMIT_BYTES // 2:
            self._note_pause(is_paused=False)
            self._source.resume()

    def _note_pause(self, *, is_paused: bool) -> None:
        now_ns = self._clock.now_ns()
        if self._is_paused and not is_paused:
            self.paused_ns += now_ns - self._paused_since_ns
        self._is_paused, self._paused_since_ns = is_paused, now_ns
