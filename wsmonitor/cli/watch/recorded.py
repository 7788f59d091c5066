"""`watch --record FILE`: what the fold sees also goes into a recording."""

from collections.abc import Callable
from pathlib import Path

from wsmonitor.cli.watch.reporter import Fold
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.exports.recorded_findings import recorded_findings
from wsmonitor.facts.events import AnyEvent
from wsmonitor.recording import Recorder, RecordingOptions
from wsmonitor.recording.flight.excerpt import Excerpt
from wsmonitor.settings.endpoint_settings import EndpointConfig


class RecordedFold:
    """Passes everything on to `fold`, and events and findings to a recorder, which never waits."""

    def __init__(self, fold: Fold, recorder: Recorder) -> None:
        self._fold = fold
        self._recorder = recorder

    def feed(self, events: list[AnyEvent]) -> None:
        """Record and fold."""
        self._recorder.write(events)
        self._fold.feed(events)

    def take_finding_changes(self) -> list[FindingChange]:
        """The findings of the fold; recorded as well."""
        changes = self._fold.take_finding_changes()
        self._recorder.write_findings(recorded_findings(changes))
        return changes


class Recording:
    """The recording of one run.

    Where it cannot go on that is one sentence to `complain`; watching goes on without it, and `has_failed` says
    that something is missing.
    """

    def __init__(self, path: Path, options: RecordingOptions, *, complain: Callable[[str], None]) -> None:
        self.has_failed = False
        self._complain = complain
        self._recorder = Recorder(path, options, on_error=self._fail)

    def start(self, start_ns: int, wall_ns: int, endpoints: tuple[EndpointConfig, ...], fold: Fold) -> Fold:
        """Begin at `start_ns`; the fold that records. Raises `RecordingError` where the file cannot be made."""
        self._recorder.start(Excerpt(start_ns, wall_ns, endpoints, ()))
        return RecordedFold(fold, self._recorder)

    def close(self) -> None:
        """Write what is left and end the file."""
        self._recorder.close()

    def _fail(self, sentence: str) -> None:
        self.has_failed = True
        self._complain(sentence)
