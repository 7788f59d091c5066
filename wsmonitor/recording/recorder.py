"""Records what it is given from a thread of its own: on the disk within 250 ms, never in anybody's way."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from wsmonitor.facts.events import AnyEvent
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.recording.backlog import Backlog
from wsmonitor.recording.errors import RecordingError, sqlite_sentence
from wsmonitor.recording.flight.context import Context
from wsmonitor.recording.flight.excerpt import Excerpt
from wsmonitor.recording.options import RecordingOptions
from wsmonitor.recording.parts import keep_newest, part_path
from wsmonitor.recording.privacy import Privacy
from wsmonitor.recording.store import Item, Store, claim
from wsmonitor.recording.view_rows import Finding
from wsmonitor.recording.whole_file import remove
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns
from wsmonitor.text.units import exact_s

COMMIT_S = 0.1
"""Events gather for so long before a commit, which leaves the disk 150 ms of the promised 250."""

log = logging.getLogger(__name__)


class RecordingStatus(Struct, frozen=True):
    """How the recording does. `error` is one sentence once it had to stop; nothing is written after it.

    `paths` are its files, the newest last; `size_bytes` is that of the newest one.
    """

    paths: tuple[Path, ...]
    events: int = 0
    size_bytes: int = 0
    dropped: int = 0
    error: str = ""
    is_active: bool = False


class Recorder:
    """Writes events to `path`, and to `NAME-002.wsmon` and so on where a limit rotates.

    `start` claims the file and raises `RecordingError` where that fails. Afterwards no call raises or
    waits for the disk (`close` waits at most as long as it is told): a full disk or a file that is gone
    ends the recording, `status` says so, and monitoring goes on.

    Args:
        on_error: called once, from the writer's thread, with the sentence that `status.error` has.
    """

    def __init__(
        self,
        path: Path,
        options: RecordingOptions | None = None,
        *,
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        self.path = path
        self.status = RecordingStatus(paths=(path,))
        self._options = options or RecordingOptions()
        self._on_error = on_error
        self._privacy = Privacy(self._options)
        self._context = Context()
        self._configs: dict[str, EndpointConfig] = {}
        self._backlog = Backlog()
        self._part = 1
        self._store: Store | None = None
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def start(self, before: Excerpt | None = None) -> None:
        """Make the file and begin; with `before` the recording includes what is still known of the past."""
        now_ns = time.monotonic_ns()
        start_ns, wall_ns = (before.start_ns, before.wall_ns) if before else (now_ns, time.time_ns())
        claim(self.path, overwrite=self._options.overwrite)
        try:
            self._store = self._open(self.path, start_ns=start_ns, wall_ns=wall_ns)
            if before:
                known = [self._fit(item) for item in (*before.endpoints, *before.context)]
                self._store.write(known, are_context=True)
        except sqlite3.Error as error:
            if self._store is not None:
                self._store.abandon()
            remove(self.path)
            raise RecordingError(sqlite_sentence(self.path, error)) from error
        self.status = replace(self.status, is_active=True)
        if before:
            self._backlog.put(before.events)
        self._thread.start()

    def add_endpoint(self, config: EndpointConfig) -> None:
        """Say how an endpoint is configured, before its first event or when it was edited."""
        self._backlog.put([config])

    def write(self, events: Iterable[AnyEvent]) -> None:
        """Record events in the order in which they were stated; from any thread, never waits."""
        self._backlog.put(events)

    def write_findings(self, findings: Iterable[Finding]) -> None:
        """Record what the diagnosis says, for those who query the file."""
        self._backlog.put(findings)

    def close(self, timeout_s: float = 5.0) -> None:
        """Write what waits, leave one plain file, and end within `timeout_s`."""
        self._backlog.close()
        if not self._thread.is_alive():
            return
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            self._fail(f"{self.path} was not ended properly: the disk did not answer for {exact_s(timeout_s)}")

    # The writer's thread

    def _run(self) -> None:
        assert self._store is not None
        store = self._store
        try:
            while (items := self._backlog.take(COMMIT_S)) is not None:
                store = self._rotated(store)
                self._write(store, items)
            store.finish(dropped=self._backlog.refused)
            self.status = replace(self.status, is_active=False, size_bytes=store.size_bytes)
            return
        except sqlite3.Error as error:
            self._fail(sqlite_sentence(store.path, error))
        except RecordingError as error:
            self._fail(f"recording stopped: {error}")
        except Exception as error:  # whatever it is, monitoring goes on
            log.exception("recording stopped")
            self._fail(f"recording stopped: {error!r}")
        store.abandon()

    def _write(self, store: Store, items: list[Item]) -> None:
        kept = [self._fit(item) for item in items]
        if not store.is_in_place:
            raise RecordingError(f"{store.path} was moved or deleted")
        before = store.events
        store.write(kept)
        events = self.status.events + store.events - before
        self.status = replace(self.status, events=events, size_bytes=store.size_bytes, dropped=self._backlog.refused)

    def _fit(self, item: Item) -> Item:
        """What of `item` may be kept; remembers what the next file must know."""
        match item:
            case EndpointConfig():
                config = self._privacy.config(item)
                self._configs[config.name] = config
                return config
            case Finding():
                return self._privacy.finding(item)
            case _:
                event = self._privacy.event(item)
                self._context.feed(event)
                return event

    def _rotated(self, store: Store) -> Store:
        """The store to write to: a new one, which begins with what still holds, where a limit is reached."""
        options = self._options
        is_large = options.rotate_bytes is not None and store.size_bytes >= options.rotate_bytes
        is_long = options.rotate_s is not None and store.end_ns - store.start_ns >= to_ns(options.rotate_s)
        if not (store.has_news and (is_large or is_long)):
            return store
        start_ns = store.end_ns
        wall = self._context.wall or WallClock.now()
        self._part += 1
        path = part_path(self.path, self._part)
        following = self._following(path, start_ns=start_ns, wall_ns=wall.ns(start_ns))
        try:
            store.finish(dropped=self._backlog.refused)
        except BaseException:
            following.abandon()
            remove(path)
            raise
        paths = (*self.status.paths, path)
        self.status = replace(self.status, paths=keep_newest(paths, options.keep_parts))
        return following

    def _following(self, path: Path, *, start_ns: int, wall_ns: int) -> Store:
        """The next file, which begins with what still holds; none is left behind where that fails."""
        claim(path, overwrite=False)
        with ExitStack() as undo:
            undo.callback(remove, path)
            store = self._open(path, start_ns=start_ns, wall_ns=wall_ns)
            undo.callback(store.abandon)
            store.write([*self._configs.values(), *self._context.events()], are_context=True)
            undo.pop_all()
        return store

    def _open(self, path: Path, *, start_ns: int, wall_ns: int) -> Store:
        facts: dict[str, str | int] = {"payload": self._options.payload, "part": self._part}
        return Store(path, start_ns=start_ns, wall_ns=wall_ns, facts=facts)

    def _fail(self, sentence: str) -> None:
        self._backlog.clear()
        if self.status.error:
            return
        self.status = replace(self.status, error=sentence, is_active=False)
        if self._on_error is not None:
            self._on_error(sentence)
