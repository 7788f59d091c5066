"""`watch --record FILE`: every event and finding also goes into a recording."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from wsmonitor.cli.measuring.door import Door
from wsmonitor.command_line.recording_options import RecordingOrder
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.facts.events import AnyEvent
from wsmonitor.recording import Recorder, RecordingError, RecordingOptions
from wsmonitor.recording.flight.excerpt import Excerpt
from wsmonitor.settings.endpoint_settings import EndpointConfig


def start_recording(
    order: RecordingOrder, door: Door, endpoints: Sequence[EndpointConfig], *, complain: Callable[[str], None]
) -> "Recording":
    """A recording that has begun. Raises `click.UsageError` where its file cannot be made."""
    recording = Recording(order.path, order.options, complain=complain)
    try:
        recording.start(door.start_ns, door.wall_ns, tuple(endpoints))
    except RecordingError as error:
        raise click.UsageError(f"--record: {error}") from error
    return recording


class Recording:
    """The recording of one run; it never waits.

    Where it cannot go on that is one sentence to `complain`; watching goes on without it, and `has_failed` says
    that something is missing.
    """

    def __init__(self, path: Path, options: RecordingOptions, *, complain: Callable[[str], None]) -> None:
        self.has_failed = False
        self._complain = complain
        self._recorder = Recorder(path, options, on_error=self._fail)

    def start(self, start_ns: int, wall_ns: int, endpoints: tuple[EndpointConfig, ...]) -> None:
        """Begin at `start_ns`. Raises `RecordingError` where the file cannot be made."""
        self._recorder.start(Excerpt(start_ns, wall_ns, endpoints, ()))

    def feed(self, events: list[AnyEvent]) -> None:
        """Record events."""
        self._recorder.write(events)

    def find(self, changes: list[FindingChange]) -> None:
        """Record what was found."""
        from wsmonitor.exports.recorded_findings import recorded_findings  # its import must not delay the first dial

        self._recorder.write_findings(recorded_findings(changes))

    def close(self) -> None:
        """Write what is left and end the file."""
        self._recorder.close()

    def _fail(self, sentence: str) -> None:
        self.has_failed = True
        self._complain(sentence)
