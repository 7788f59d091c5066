"""What is seen live goes three ways: into the analysis, the flight recorder, and a recording where one runs. No Qt."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.exports.recorded_findings import recorded_findings
from wsmonitor.facts.events import AnyEvent
from wsmonitor.recording import FlightRecorder, Recorder, RecordingOptions
from wsmonitor.recording.flight.excerpt import Excerpt
from wsmonitor.settings.endpoint_settings import EndpointConfig


class LiveSession:
    """Stands where an `Analyzer` stands: the bridge feeds it, the controller tells it of endpoints."""

    def __init__(self, analyzer: Analyzer) -> None:
        self.analyzer = analyzer
        self.recorder: Recorder | None = None
        began = analyzer.snapshot(0)
        self._flight = FlightRecorder(began.start_ns, began.start_ns + began.wall_offset_ns)

    def add_endpoint(self, config: EndpointConfig) -> None:
        """Expect this endpoint, or take over its edited configuration."""
        self.analyzer.add_endpoint(config)
        self._flight.add_endpoint(config)
        if self.recorder is not None:
            self.recorder.add_endpoint(config)

    def remove_endpoint(self, name: str) -> None:
        """Show it no more; what was recorded of it stays."""
        self.analyzer.remove_endpoint(name)

    def feed(self, events: list[AnyEvent]) -> None:
        """Take in what was stated."""
        self.analyzer.feed(events)
        self._flight.feed(events)
        changes = self.analyzer.take_finding_changes()
        if self.recorder is not None:
            self.recorder.write(events)
            if changes:
                self.recorder.write_findings(recorded_findings(changes))

    def snapshot(self, now_ns: int) -> Snapshot:
        """What is known now."""
        return self.analyzer.snapshot(now_ns)

    def recent(self) -> Excerpt:
        """The last minutes, from memory."""
        return self._flight.recent()

    def clip(self, name: str, at_ns: int) -> Excerpt | None:
        """The seconds around a closure with full frames; `None` where they were not kept."""
        for clip in reversed(self._flight.clips()):
            if any(closed.endpoint == name and closed.at_ns == at_ns for closed in clip.closures):
                return clip.excerpt
        return None

    def start_recording(self, path: Path, *, overwrite: bool, on_error: Callable[[str], None]) -> Recorder:
        """Record from now on, with the last minutes in front. Raises `RecordingError` where that fails."""
        recorder = Recorder(path, RecordingOptions(overwrite=overwrite), on_error=on_error)
        recorder.start(self.recent())
        self.recorder = recorder
        return recorder

    def stop_recording(self) -> Recorder | None:
        """Give the recorder back, for somebody to close: that may wait for the disk."""
        recorder, self.recorder = self.recorder, None
        return recorder


def discard(paths: tuple[Path, ...]) -> None:
    """Delete the files of a recording; what cannot be deleted stays."""
    for path in paths:
        for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
