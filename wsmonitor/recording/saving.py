"""Events that are at hand -> a finished recording: what the flight recorder kept, a sample, a test."""

import sqlite3
from pathlib import Path

from wsmonitor.recording.errors import RecordingError, sqlite_sentence
from wsmonitor.recording.flight.excerpt import Excerpt
from wsmonitor.recording.options import RecordingOptions
from wsmonitor.recording.privacy import Privacy
from wsmonitor.recording.store import Store, claim, unclaim
from wsmonitor.recording.view_rows import Finding


def save(
    path: Path, excerpt: Excerpt, options: RecordingOptions | None = None, *, findings: tuple[Finding, ...] = ()
) -> None:
    """Write `excerpt` to `path` in the calling thread. Raises `RecordingError` where that fails."""
    options = options or RecordingOptions(payload="full")
    privacy = Privacy(options)
    claim(path, overwrite=options.overwrite)
    store: Store | None = None
    try:
        facts: dict[str, str | int] = {"payload": options.payload, "part": 1}
        store = Store(path, start_ns=excerpt.start_ns, wall_ns=excerpt.wall_ns, facts=facts)
        configs = [privacy.config(config) for config in excerpt.endpoints]
        store.write([*configs, *map(privacy.event, excerpt.context)], are_context=True)
        for start in range(0, len(excerpt.events), _BATCH):
            store.write([privacy.event(event) for event in excerpt.events[start : start + _BATCH]])
        store.write([privacy.finding(finding) for finding in findings])
        store.finish(dropped=0)
    except sqlite3.Error as error:
        if store is not None:
            store.abandon()
        unclaim(path)
        raise RecordingError(sqlite_sentence(path, error)) from error


_BATCH = 500
