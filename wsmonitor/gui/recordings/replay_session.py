"""A recording that is shown instead of what happens now: loading, playing, jumping. No Qt.

`load` and `jump` do long work and run in a thread. What `load` has read so far can be shown meanwhile; nothing else may
be called.
"""

import threading
from collections.abc import Callable
from pathlib import Path

from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.exports.source import analyzer_of
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import ConnectionClosed, Key, covers
from wsmonitor.recording import Playback, Replay

_STEPS = 100
Report = Callable[[float], None]
"""Is told the share that is done, 0 to 1; raises `CancelledReplayError` to stop."""


class CancelledReplayError(WsmonitorError):
    """Somebody asked to stop."""

    def __init__(self) -> None:
        super().__init__("opening was cancelled")


class ReplaySession:
    """Raises `RecordingError` for a file that is no recording. After `load` everything is shown, at the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.replay = Replay(path)
        self.analyzer = analyzer_of(self.replay)
        self.problems: tuple[str, ...] = tuple(self.replay.problems)
        self.playback = Playback(self.replay)
        self._ends: list[tuple[int, Key]] = []
        self._reading = threading.Lock()
        self._read_ns: int | None = None
        """While it is being loaded: what was read so far ends here."""
        self._shown_ns: int | None = None

    @property
    def start_ns(self) -> int:
        """The first moment of the recording."""
        return self.replay.start_ns

    @property
    def end_ns(self) -> int:
        """The last one."""
        return max(self.replay.start_ns, self.replay.end_ns)

    @property
    def position_ns(self) -> int:
        """Where the playback is."""
        read_ns = self._read_ns
        return self.playback.position_ns if read_ns is None else read_ns

    def load(self, report: Report) -> None:
        """Read everything, once."""
        self._read_ns = self.start_ns
        for batch in self.replay.batches():
            with self._reading:
                self.analyzer.feed(batch)
            self._read_ns = batch[-1].at_ns
            ends = [event for event in batch if isinstance(event, ConnectionClosed)]
            self._ends += [(event.at_ns, (event.endpoint, event.slot)) for event in ends]
            report(self.replay.progress)
        self.problems = tuple(self.replay.problems)
        self._stand_at_end()
        self._read_ns = None

    def jump(self, at_ns: int, report: Report) -> None:
        """Go to a moment: what happened before it is shown, and nothing after it."""
        was_playing = self.playback.is_playing
        self.playback.pause()
        at_ns = min(max(at_ns, self.start_ns), self.end_ns)
        from_ns = self.position_ns
        if at_ns == from_ns:
            return
        if at_ns < from_ns:
            self.playback.seek(self.start_ns)
            self.analyzer = analyzer_of(self.replay)
            from_ns = self.start_ns
        for step in range(1, _STEPS + 1):
            self.playback.seek(from_ns + (at_ns - from_ns) * step // _STEPS)
            self.analyzer.feed(self.playback.take())
            report(step / _STEPS)
        if was_playing:
            self.playback.play()

    def closure_after(self, key: Key | None) -> tuple[int, Key] | None:
        """The next end of `key`, its first behind the last; of all where it has none. `None` where nothing ended."""
        ends = [end for end in self._ends if key is not None and covers(key, end[1])] or self._ends
        return next((end for end in ends if end[0] > self.position_ns), ends[0] if ends else None)

    def tick(self) -> bool:
        """Take what is due by now; true where anything came."""
        if self._read_ns is not None:
            shown_ns, self._shown_ns = self._shown_ns, self._read_ns
            return shown_ns != self._shown_ns
        if not self.playback.is_playing:
            return False
        events = self.playback.take()
        self.analyzer.feed(events)
        return True

    def snapshot(self) -> Snapshot:
        """What was known at the position; while it is being loaded that decides nothing of what will be found."""
        with self._reading:
            return self.analyzer.snapshot(self.position_ns, looks=self._read_ns is None)

    def close(self) -> None:
        """Let go of the file."""
        self.replay.close()

    def _stand_at_end(self) -> None:
        """Everything is in the analyzer: the playback stands at the end, and reads again only after going back."""
        speed = self.playback.speed
        self.playback = Playback(self.replay)
        self.playback.set_speed(speed)
        self.playback.seek(self.end_ns)
