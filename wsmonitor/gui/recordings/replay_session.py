"""A recording that is shown instead of what happens now: loading, playing, jumping. No Qt.

`load` and `jump` do long work and run in a thread. What `load` has read so far can be shown meanwhile; nothing else may
be called.
"""

import threading
from collections.abc import Callable
from pathlib import Path

from wsmonitor.analysis.checkpoints import Checkpoints
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.exports.source import analyzer_of
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import ConnectionClosed, Key, covers
from wsmonitor.recording import Playback, Replay

_STEPS = 100
GROWTH = 1.1
"""While it is being read, a picture for each tenth that is there more: one takes the time of thousands of events."""
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
        self._checkpoints = Checkpoints()
        self._ends: list[tuple[int, Key]] = []
        self._reading = threading.Lock()
        self._read_ns: int | None = None
        """While it is being loaded: what was read so far ends here."""
        self._picture: Snapshot | None = None
        """What was shown last of what was read by then."""
        self._pictured = 0
        """So many events were read by then."""

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
        self._read_ns = newest_ns = self.start_ns
        self._checkpoints.keep(self.analyzer, at_ns=newest_ns, batch=0, events=0)
        for batch in self.replay.batches():
            newest_ns = max(newest_ns, *(event.at_ns for event in batch))
            with self._reading:
                self.analyzer.feed(batch)
                self.analyzer.take_finding_changes()
                if self._checkpoints.is_due(self.replay.events):
                    read = self.replay
                    self._checkpoints.keep(self.analyzer, at_ns=newest_ns, batch=read.batch, events=read.events)
            self._read_ns = batch[-1].at_ns
            ends = [event for event in batch if isinstance(event, ConnectionClosed)]
            self._ends += [(event.at_ns, (event.endpoint, event.slot)) for event in ends]
            report(self.replay.progress)
        self.problems = tuple(self.replay.problems)
        self.playback.go_on(iter(()), self.end_ns)
        self._read_ns = None

    def jump(self, at_ns: int, report: Report) -> None:
        """Go to a moment: what happened before it is shown, and nothing after it."""
        was_playing = self.playback.is_playing
        self.playback.pause()
        at_ns = min(max(at_ns, self.start_ns), self.end_ns)
        from_ns = self.position_ns
        if at_ns == from_ns:
            return
        checkpoint = self._checkpoints.before(at_ns)
        if at_ns < from_ns or from_ns < checkpoint.at_ns:
            self.analyzer, from_ns = checkpoint.analyzer(), checkpoint.at_ns
            self.playback.go_on(self.replay.batches_after(checkpoint.batch), from_ns)
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
            return self.replay.events > GROWTH * self._pictured
        if not self.playback.is_playing:
            return False
        events = self.playback.take()
        self.analyzer.feed(events)
        return True

    def snapshot(self) -> Snapshot:
        """What was known at the position; while it is being loaded that decides nothing of what will be found."""
        if self._read_ns is not None and self._picture is not None and not self.tick():
            return self._picture
        with self._reading:
            self._pictured = self.replay.events
            self._picture = self.analyzer.snapshot(self.position_ns, looks=self._read_ns is None)
        return self._picture

    def close(self) -> None:
        """Let go of the file."""
        self.replay.close()
