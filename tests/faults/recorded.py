"""What a round's recording holds: counted while it runs, and looked through once everybody is gone."""

import sqlite3
from contextlib import closing
from pathlib import Path

from wsmonitor.facts.events import ConnectionClosed, OpenFailed, StateChanged
from wsmonitor.recording import RecordingError, Replay

_LIFECYCLE = ("state_change", "ending", "open_failure")


def committed(path: Path) -> int:
    """Lifecycle events that are committed by now; 0 while there is no recording yet."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=1)) as connection:
            return sum(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in _LIFECYCLE)
    except sqlite3.OperationalError:
        return 0  # not made yet


def check(path: Path, *, at_least: int, was_ended: bool) -> None:
    """Raise `AssertionError` unless the file is sound and holds `at_least` so many lifecycle events.

    `was_ended` says that its recorder had the time to end it.
    """
    why_not = _why_it_cannot_be_read(path)
    if why_not:
        assert not at_least, f"{at_least} lifecycle events were committed, and now: {why_not}"
        assert not was_ended, f"the window ended, and now: {why_not}"
        return  # the blow came before the file was a recording
    with closing(Replay(path)) as replay:
        events = [event for batch in replay.batches() for event in batch]
        lifecycle = sum(isinstance(event, StateChanged | ConnectionClosed | OpenFailed) for event in events)
        assert lifecycle >= at_least, f"{at_least} lifecycle events were committed, {lifecycle} are left"
        if was_ended:
            assert replay.was_ended, "the window ended and its recording did not"
            assert not replay.problems, replay.problems
    with closing(sqlite3.connect(path)) as connection:
        (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
        assert sound == "ok", sound
    assert committed(path) == lifecycle, "the views tell what the batches tell"


def _why_it_cannot_be_read(path: Path) -> str:
    """Empty where it can."""
    try:
        Replay(path).close()
    except RecordingError as error:
        return str(error)
    return ""
