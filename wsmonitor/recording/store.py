"""One recording file, opened for writing by one thread."""

import os
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from wsmonitor import __version__
from wsmonitor.facts.events import AnyEvent, ClockAnchor, EndpointEvent
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.recording import schema
from wsmonitor.recording.errors import RecordingError, os_sentence
from wsmonitor.recording.view_rows import INSERTS, Finding, Row, rows
from wsmonitor.recording.whole_file import check_free, keep_name, remove
from wsmonitor.settings.endpoint_settings import EndpointConfig

Item = AnyEvent | EndpointConfig | Finding
"""What goes into a recording."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[AnyEvent]).decode


class Store:
    """Writes items that are fit to be shown (see `privacy.py`); every `write` is one commit.

    Args:
        path: a file that `claim` made.
        start_ns: where the recording begins.
        wall_ns: what the wall clock read then.
        facts: more rows for the table `meta`.

    Raises `sqlite3.Error` from every call where the file cannot be written.
    """

    def __init__(self, path: Path, *, start_ns: int, wall_ns: int, facts: dict[str, str | int]) -> None:
        self.path = path
        self.start_ns = self.end_ns = start_ns
        self.events = 0
        self.has_news = False
        """True once something other than context was written."""
        self._wall = WallClock(wall_ns - start_ns)
        self._ids: dict[str, int] = {}
        # One thread at a time uses it: whoever makes the store, then the writer's thread.
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
        try:
            schema.create(self._connection)
            program: dict[str, str | int] = {"program": f"wsmonitor {__version__}", "schema": schema.VERSION}
            self._note({**program, "start_ns": start_ns, "wall_ns": wall_ns, **facts})
        except sqlite3.Error:
            self.abandon()
            raise

    def write(self, items: Sequence[Item], *, are_context: bool = False) -> None:
        """Add items in order, all or nothing; on the disk when it returns.

        Context is what was true before: a replay needs it, the views are not about it.
        """
        self._connection.execute("BEGIN")
        try:
            self._add(items, are_context)
            self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise

    def finish(self, *, dropped: int) -> None:
        """Say that the recording ended well, and leave one plain file."""
        self._note({"end_ns": self.end_ns, "events": self.events, "dropped": dropped})
        with suppress(sqlite3.OperationalError):  # somebody reads it: the last one to close it tidies up
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.close()

    def abandon(self) -> None:
        """Let go of the file as it is."""
        with suppress(sqlite3.Error):
            self._connection.close()

    @property
    def size_bytes(self) -> int:
        """What the recording takes on the disk just now."""
        return sum(_size(f"{self.path}{suffix}") for suffix in ("", "-wal"))

    @property
    def is_in_place(self) -> bool:
        """False once the file was moved or deleted under our hands."""
        return self.path.exists()

    def _add(self, items: Sequence[Item], are_context: bool) -> None:
        events = [item for item in items if not isinstance(item, EndpointConfig | Finding)]
        text, events = _as_text(events)
        table_rows: defaultdict[str, list[Row]] = defaultdict(list)
        for item in items:
            if isinstance(item, EndpointConfig):
                self._configure(item)
            elif isinstance(item, Finding):
                table_rows["diagnosis"].append(self._finding(item))
        for event in events:
            self._map(event, table_rows)
        if are_context:
            table_rows.clear()
        self.has_news |= bool(events) and not are_context
        for table, several in table_rows.items():
            self._connection.executemany(INSERTS[table], several)
        if events:
            first_ns = min(event.at_ns for event in events)
            self.end_ns = max(self.end_ns, *(event.at_ns for event in events))
            self._connection.execute(
                "INSERT INTO batch (first_ns, last_ns, count, events) VALUES (?, ?, ?, ?)",
                (first_ns, self.end_ns, len(events), text),
            )
            self.events += len(events)

    def _map(self, event: AnyEvent, table_rows: defaultdict[str, list[Row]]) -> None:
        if isinstance(event, ClockAnchor):
            self._wall = event.clock
        if isinstance(event, EndpointEvent):
            for table, row in rows(event, self._id(event.endpoint), self._wall):
                table_rows[table].append(row)

    def _finding(self, finding: Finding) -> Row:
        time = self._wall.epoch_s(finding.at_ns)
        what = (finding.rule, finding.severity, finding.confidence, finding.summary)
        return (self._id(finding.endpoint), time, *what)

    def _configure(self, config: EndpointConfig) -> None:
        self._connection.execute(
            "UPDATE endpoint SET config = ? WHERE id = ?", (_encode(config).decode(), self._id(config.name))
        )

    def _id(self, endpoint: str) -> int:
        known = self._ids.get(endpoint)
        if known is None:
            known = self._ids[endpoint] = len(self._ids) + 1
            self._connection.execute("INSERT OR IGNORE INTO endpoint (id, name) VALUES (?, ?)", (known, endpoint))
        return known

    def _note(self, facts: dict[str, str | int]) -> None:
        self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", facts.items())


def claim(path: Path, *, overwrite: bool) -> None:
    """Make `path` an empty file of ours, which nobody else may read: it is to hold messages.

    Raises `RecordingError` where that cannot be.
    """
    if path.is_file():
        check_free(path, overwrite=overwrite)
        remove(path)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise RecordingError(os_sentence(path, error)) from error
    keep_name(path)


def _as_text(events: list[AnyEvent]) -> tuple[str, list[AnyEvent]]:
    """The events as a JSON array, and as they will be read from it."""
    try:
        return _encode(events).decode(), events
    except UnicodeEncodeError:  # a lone surrogate, which no UTF-8 file can hold
        text = msgspec.json.encode(msgspec.convert(_mended(msgspec.to_builtins(events)), list[AnyEvent])).decode()
        return text, _decode(text)


def _mended(value: object) -> object:
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case list():
            return [_mended(one) for one in value]
        case dict():
            return {key: _mended(one) for key, one in value.items()}
    return value


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
