"""Reads a recording back: the same events in the same order, as far as the file goes."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec.structs import replace

from wsmonitor.facts.events import AnyEvent
from wsmonitor.recording import schema
from wsmonitor.recording.errors import RecordingError
from wsmonitor.recording.reading.decoding import Decoder, read_config
from wsmonitor.recording.reading.opening import connect, copy_with_log
from wsmonitor.recording.reading.salvage import StoredBatch, stored_batches, whole
from wsmonitor.settings.endpoint_settings import EndpointConfig

_EVENTS_AT_ONCE = 2000
_MOST_FACTS = 1000
MOST_ENDPOINTS = 1000
MOST_CONNECTIONS = 5000
"""A recording is shown with at most so many, and so many parallel connections of them all."""


class Replay:
    """A recording, opened for reading; it may still be written by somebody.

    Raises `RecordingError` for a file that is none, or of a newer version. What is damaged or missing is
    said in `problems`, one sentence each; the list is complete once `batches` has ended.

    `start_ns` and `wall_ns` are what `Analyzer` wants; `progress` is how much `batches` has read, 0 to 1, and
    `batch` the number of the last stored batch of that.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []
        self.progress = 0.0
        self.events = self.batch = 0
        schema.check_header(path)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._tell_lost_log()
        self._connection = self._opened()
        self._found_on_opening = len(self.problems)
        self._decoder = Decoder()
        self._meta = self._read_meta()
        self.endpoints = self._read_endpoints()
        first, last = self._edge("ASC"), self._edge("DESC")
        self.start_ns = whole(self._meta.get("start_ns"), first[1])
        self.wall_ns = whole(self._meta.get("wall_ns"))
        self.end_ns = max(self.start_ns, whole(self._meta.get("end_ns"), last[2]))
        self._last_id = last[0]

    @property
    def was_ended(self) -> bool:
        """True where the recorder ended the file itself; false after a kill, or while it still runs."""
        return "end_ns" in self._meta

    def batches(self) -> Iterator[list[AnyEvent]]:
        """Every event in order, some thousand at a time; can be called again."""
        self.progress, self.events, self.batch = 0.0, 0, 0
        del self.problems[self._found_on_opening :]
        yield from self.batches_after(0, self._tell_missing)
        self._tell_end()

    def batches_after(
        self, number: int, tell_missing: Callable[[StoredBatch], None] = lambda batch: None
    ) -> Iterator[list[AnyEvent]]:
        """As `batches`, from behind the stored batch of that number; of problems nothing is told again."""
        gathered: list[AnyEvent] = []
        for batch in stored_batches(self._connection, self._last_id, number):
            if batch.missing:
                tell_missing(batch)
                continue
            gathered += self._decoder.events(batch.text)
            number = batch.id
            self.end_ns = max(self.end_ns, batch.last_ns)
            if len(gathered) >= _EVENTS_AT_ONCE:
                self.events, self.batch = self.events + len(gathered), number
                self.progress = min(1.0, number / max(1, self._last_id))
                yield gathered
                gathered = []
        self.events, self.batch = self.events + len(gathered), number
        self.progress = 1.0
        if gathered:
            yield gathered

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> "Replay":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Opening

    def _opened(self) -> sqlite3.Connection:
        """A connection that reads, never writes, also where the folder is read-only."""
        try:
            return connect(self.path)
        except sqlite3.OperationalError:  # SQLite wants to write beside a file that was not ended: not here
            self._folder = tempfile.TemporaryDirectory(prefix="wsmonitor-")
        except sqlite3.DatabaseError as error:
            raise RecordingError(f"{self.path} is damaged so badly that nothing can be read: {error}") from error
        try:
            return connect(copy_with_log(self.path, Path(self._folder.name)))
        except (OSError, sqlite3.Error) as error:
            self._folder.cleanup()
            raise RecordingError(f"{self.path} cannot be opened: {error}") from error

    def _read_meta(self) -> dict[object, object]:
        """The facts of the file; in a damaged one they may be of any type."""
        try:
            return dict(self._connection.execute(f"SELECT key, value FROM meta LIMIT {_MOST_FACTS}").fetchall())
        except sqlite3.DatabaseError:
            return {}

    def _read_endpoints(self) -> tuple[EndpointConfig, ...]:
        query = f"SELECT name, config FROM endpoint ORDER BY id LIMIT {MOST_ENDPOINTS}"
        try:
            endpoints = [read_config(name, text) for name, text in self._connection.execute(query)]
        except sqlite3.DatabaseError:
            return ()
        room = MOST_CONNECTIONS
        for number, config in enumerate(endpoints):
            endpoints[number] = replace(config, connections=max(1, min(config.connections, room)))
            room -= config.connections
        return tuple(endpoints)

    def _edge(self, order: str) -> tuple[int, int, int]:
        """Number, first and last time of the first or last batch; zeros where that cannot be read."""
        query = f"SELECT id, first_ns, last_ns FROM batch ORDER BY id {order} LIMIT 1"
        try:
            number, first_ns, last_ns = self._connection.execute(query).fetchone() or (0, 0, 0)
            return whole(number), whole(first_ns), whole(last_ns)
        except sqlite3.DatabaseError:
            return (0, 0, 0)

    # What is missing

    def _tell_lost_log(self) -> None:
        """A file that was not ended keeps its newest part in a file beside it, which people forget to copy."""
        if schema.is_in_wal_mode(self.path) and not Path(f"{self.path}-wal").exists():
            self.problems.append(
                f"the newest events may be missing: they are in {self.path.name}-wal, which is not here"
            )

    def _tell_missing(self, batch: StoredBatch) -> None:
        start = self._clock(batch.first_ns) if batch.first_ns else "the beginning"
        if batch.last_ns:
            self.problems.append(
                f"the file is damaged: what happened from {start} to {self._clock(batch.last_ns)} is missing"
            )
        else:
            self.problems.append(f"the file is damaged or cut off: everything after {start} is missing")

    def _tell_end(self) -> None:
        expected = self._meta.get("events")
        if isinstance(expected, int) and self.events + self._decoder.skipped < expected:
            self.problems.append(
                f"{expected - self.events - self._decoder.skipped:,} of {expected:,} events are missing"
            )
        elif not self.was_ended and self.events:
            self.problems.append(
                f"the recording was not ended properly, or still runs: it goes up to {self._clock(self.end_ns)}"
            )
        elif not self.was_ended:
            self.problems.append("the recording was not ended properly, or still runs: it is empty so far")
        if self._decoder.skipped:
            self.problems.append(
                f"{self._decoder.skipped:,} events are of kinds that this version does not know, or are damaged"
            )
        if dropped := whole(self._meta.get("dropped")):
            self.problems.append(f"{dropped:,} samples were not recorded: the disk was too slow")

    def _clock(self, at_ns: int) -> str:
        seconds = (at_ns - self.start_ns + self.wall_ns) // 1_000_000_000
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
