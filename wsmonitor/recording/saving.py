"""Events that are at hand -> a finished recording: what the flight recorder kept, a sample, a test."""

import sqlite3
from pathlib import Path

from wsmonitor.recording.errors import RecordingError, sqlite_sentence
from wsmonitor.recording.flight.excerpt import Excerpt
from wsmonitor.recording.options import RecordingOptions
from wsmonitor.recording.privacy import Privacy
from wsmonitor.recording.store import Store
from wsmonitor.recording.view_rows import Finding
from wsmonitor.recording.whole_file import whole_file


def save(
    path: Path, excerpt: Excerpt, options: RecordingOptions | None = None, *, findings: tuple[Finding, ...] = ()
) -> None:
    """Write `excerpt` to `path` in the calling thread, whole or not at all.

    Raises `RecordingError` where that fails; a file that is in use is not overwritten even if `options` say so.
    """
    options = options or RecordingOptions(payload="full")
    with whole_file(path, overwrite=options.overwrite) as part:
        try:
            _write(part, excerpt, options, findings)
        except sqlite3.Error as error:
            raise RecordingError(sqlite_sentence(path, error)) from error


def _write(part: Path, excerpt: Excerpt, options: RecordingOptions, findings: tuple[Finding, ...]) -> None:
    privacy = Privacy(options)
    facts: dict[str, str | int] = {"payload": options.payload, "part": 1}
    store = Store(part, start_ns=excerpt.start_ns, wall_ns=excerpt.wall_ns, facts=facts)
    try:
        configs = [privacy.config(config) for config in excerpt.endpoints]
        store.write([*configs, *map(privacy.event, excerpt.context)], are_context=True)
        for start in range(0, len(excerpt.events), _BATCH):
            store.write([privacy.event(event) for event in excerpt.events[start : start + _BATCH]])
        store.write([privacy.finding(finding) for finding in findings])
        store.finish(dropped=0)
    finally:
        store.abandon()


_BATCH = 500
