"""From the probe to the window: at most 30 times a second take what came, fold it, show a snapshot.

While nothing comes it sleeps longer, until it is woken.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from msgspec import structs
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.facts.events import AnyEvent
from wsmonitor.gui.feed.probe import Source

FRAME_MS = 33
FOLD_NS = 12_000_000
"""So much of a frame may go into folding events. What is left waits for the next frame; meanwhile nothing is
taken, the channel fills, and the probe drops samples and says so: a flood costs samples, not the window."""
_LATE_NS = 1_000_000_000
"""What happened so long before it is folded is shown as of then: nothing may be told of a time not looked at yet."""
_CATCH_UP_NS, _RARELY_NS = 200_000_000, 2_000_000_000
"""While it is late: so much of a frame may go into folding, and so seldom anything is painted."""
_FOLDED_AT_ONCE = 250
_IDLE_MS = 100
"""Without news ages and countdowns go on."""
_AWAY_MS = 400
"""While nobody looks and nothing is recorded: alerts and notifications may come so much later."""
_EMPTY_MS = 1000
"""Without an endpoint there is only the probe to tell of."""


class Fold(Protocol):
    """What makes snapshots of events: `Analyzer`."""

    def feed(self, events: list[AnyEvent]) -> None:
        """Fold the events."""
        ...

    def snapshot(self, now_ns: int) -> Snapshot:
        """What is known now."""
        ...


class Replayed(Protocol):
    """What is shown instead of the live session: `ReplaySession`."""

    def tick(self) -> bool:
        """Take what is due; true where anything came."""
        ...

    def snapshot(self) -> Snapshot:
        """What was known then."""
        ...


class Bridge(QObject):
    """`snapshot_taken` carries a snapshot and whether anything came since the last one."""

    snapshot_taken = Signal(object, bool)
    woken = Signal()
    """To be emitted, from any thread, when something came to a bridge that may be asleep."""
    hurried = Signal(bool)
    """Whether what comes is wanted at once, each time that changes."""
    ticked = Signal(float)
    """The window was busy for so many seconds."""
    fed = Signal(object)
    """A list of events, as they came."""

    def __init__(
        self,
        source: Source,
        fold: Fold,
        parent: QObject,
        *,
        is_watched: Callable[[], bool],
        is_recording: Callable[[], bool] = bool,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        super().__init__(parent)
        self._source, self._fold = source, fold
        self._is_watched, self._is_recording = is_watched, is_recording
        self._clock = clock
        self._is_fresh = True
        self._is_idle = self._is_empty = False
        self._is_hurried = True
        self._unfolded: list[AnyEvent] = []
        self._shown_ns = clock() - _RARELY_NS
        self._folded_ns: int | None = None
        """When what was folded last happened; `None` where nothing waits."""
        self._replay: Replayed | None = None
        self._is_held = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.tick)
        self.woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin to take events."""
        self._timer.start()

    def stop(self) -> None:
        """Take no more events."""
        self._timer.stop()

    def refresh(self) -> None:
        """Something else than an event changed what is to be shown."""
        self._is_fresh = True
        self._wake()

    def show_replay(self, replay: Replayed | None, *, hold: bool = False) -> None:
        """Show `replay` instead of what is live, which goes on behind it; with `hold`, nothing for now."""
        self._replay, self._is_held = replay, hold
        self.refresh()

    def snapshot(self) -> Snapshot:
        """What is to be shown now; while more came than is folded, as of the newest of what is."""
        if self._replay is not None:
            return self._replay.snapshot()
        now_ns, behind_ns = self._clock(), self._behind_ns
        if behind_ns < _LATE_NS:
            return self._fold.snapshot(now_ns)
        shown = self._fold.snapshot(now_ns - behind_ns)
        return replace(shown, health=structs.replace(shown.health, behind_ns=behind_ns))

    @property
    def _behind_ns(self) -> int:
        return 0 if self._folded_ns is None else self._clock() - self._folded_ns

    @property
    def pause_ms(self) -> int:
        """From one tick to the next, as things are."""
        return self._timer.interval()

    @property
    def is_behind(self) -> bool:
        """True while events that were taken still wait to be folded."""
        return bool(self._unfolded)

    def tick(self) -> None:
        """One frame. Events are taken even while nobody looks: the channel must not fill up."""
        started = time.perf_counter()
        came = False
        try:
            came = self._fold_some(self._unfolded or self._source.take())
            if self._replay is not None:
                came = self._replay.tick()
            self._is_fresh = self._is_fresh or came
            self._show()
        finally:
            self._pace(came)
            self.ticked.emit(time.perf_counter() - started)

    def _show(self) -> None:
        if self._is_held or not self._is_watched() or not (self._is_fresh or self._is_idle):
            return
        now_ns = self._clock()
        if self._replay is None and self._behind_ns >= _LATE_NS and now_ns - self._shown_ns < _RARELY_NS:
            return
        fresh, self._is_fresh, self._shown_ns = self._is_fresh, False, now_ns
        snapshot = self.snapshot()
        self._is_empty = not snapshot.endpoints
        self.snapshot_taken.emit(snapshot, fresh)

    def _pace(self, came: bool) -> None:
        """Go on at once while anything comes, later where nothing does or nobody wants it yet."""
        is_hurried = self._is_watched() or self._is_recording()
        if is_hurried is not self._is_hurried:
            self._is_hurried = is_hurried
            self.hurried.emit(is_hurried)
        self._is_idle = not (self.is_behind or (came and is_hurried))
        wanted_ms = FRAME_MS
        if self._is_idle:
            wanted_ms = _EMPTY_MS if self._is_empty else _IDLE_MS if is_hurried else _AWAY_MS
        if self._timer.interval() != wanted_ms:
            self._timer.setInterval(wanted_ms)

    def _wake(self) -> None:
        """Tick as soon as a frame has passed since the last tick."""
        if self._is_idle and self._timer.isActive() and (self._is_watched() or self._is_recording()):
            self._is_idle = False
            passed_ms = self._timer.interval() - self._timer.remainingTime()
            self._timer.setInterval(max(0, FRAME_MS - passed_ms))

    def _fold_some(self, events: list[AnyEvent]) -> bool:
        """Fold as many events as a frame has time for; true if there were any.

        Where it is late it takes longer: what comes would wait ever longer for what is painted. A portion that
        raises is not tried again: what follows it is taken in the next frame.
        """
        end_ns = self._clock() + (_CATCH_UP_NS if self._behind_ns >= _LATE_NS else FOLD_NS)
        folded = 0
        try:
            while folded < len(events) and (folded == 0 or self._clock() < end_ns):
                portion = events[folded : folded + _FOLDED_AT_ONCE]
                folded += _FOLDED_AT_ONCE
                self.fed.emit(portion)
                self._fold.feed(portion)
        finally:
            self._unfolded = events[folded:]
            was_behind, newest = self._folded_ns is not None, events[:folded][-_FOLDED_AT_ONCE:]
            is_behind = bool(self._unfolded) or (was_behind and bool(newest))
            self._folded_ns = max(event.at_ns for event in newest) if is_behind else None
        return folded > 0
