"""What is seen live goes three ways: into the analysis, the flight recorder, and a recording where one runs. No Qt."""

import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from wsmonitor.analysis.alerts.judge import AlertJudge
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.earlier import known_earlier
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.exports.recorded_findings import recorded_findings
from wsmonitor.facts.events import AlertChanged, AnyEvent
from wsmonitor.recording import FlightRecorder, Recorder, RecordingOptions
from wsmonitor.recording.flight.excerpt import Excerpt
from wsmonitor.recording.whole_file import remove
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.settings.endpoint_settings import EndpointConfig

log = logging.getLogger(__name__)
_LOGGED = 10
"""Of so many events that the analysis could not take the log has the traceback."""


class _Fold(Protocol):
    def feed(self, events: Iterable[AnyEvent]) -> None: ...


class LiveSession:
    """Stands where an `Analyzer` stands: the bridge feeds it, the controller tells it of endpoints.

    Args:
        say: told once, in one sentence, when the analysis could not take an event.
    """

    def __init__(self, analyzer: Analyzer, *, say: Callable[[str], None]) -> None:
        self.analyzer = analyzer
        self._say = say
        self._skipped = 0
        self._judge = AlertJudge()
        self.alerted: Callable[[list[AlertChanged]], None] | None = None
        """Told what alert rules raised, and what is over."""
        self.recorder: Recorder | None = None
        began = analyzer.snapshot(0)
        self._flight = FlightRecorder(began.start_ns, began.wall.ns(began.start_ns))

    def add_endpoint(self, config: EndpointConfig) -> None:
        """Expect this endpoint, or take over its edited configuration."""
        self.analyzer.add_endpoint(config)
        self._flight.add_endpoint(config)
        if self.recorder is not None:
            self.recorder.add_endpoint(config)

    def restore_endpoint(self, config: EndpointConfig) -> int:
        """Show again what was known of an endpoint that was removed; the number of its last connection."""
        return self.analyzer.restore_endpoint(config)

    def remove_endpoint(self, name: str) -> None:
        """Show it no more; what was recorded of it stays."""
        self.analyzer.remove_endpoint(name)
        self._judge.forget(name)

    def use_rules(self, rules: Sequence[AlertRule]) -> None:
        """Judge by these alert rules from now on."""
        self._tell(self._judge.use(rules))

    def feed(self, events: list[AnyEvent]) -> None:
        """Take in what was stated: what is recorded comes first, an event that the analysis cannot take is left out."""
        if self.recorder is not None:
            self.recorder.write(events)
        self._fold(self._flight, events)
        self._fold(self.analyzer, events)
        changes = self.analyzer.take_finding_changes()
        if self.recorder is not None and changes:
            self.recorder.write_findings(recorded_findings(changes))
        self._tell(self._judge.take(events, changes))

    def _tell(self, alerts: list[AlertChanged]) -> None:
        """Alerts are facts: they are recorded, kept and shown like what the probe states."""
        if not alerts:
            return
        facts: list[AnyEvent] = [*alerts]
        if self.recorder is not None:
            self.recorder.write(facts)
        self._fold(self._flight, facts)
        self._fold(self.analyzer, facts)
        if self.alerted is not None:
            self.alerted(alerts)

    def snapshot(self, now_ns: int) -> Snapshot:
        """What is known now."""
        return self.analyzer.snapshot(now_ns)

    def recent(self) -> Excerpt:
        """The last minutes, from memory, with what is known of the time before."""
        excerpt = self._flight.recent()
        snapshot = self.analyzer.snapshot(excerpt.end_ns)
        earlier = known_earlier(snapshot, excerpt.events, excerpt.start_ns)
        return replace(excerpt, context=(*excerpt.context, *earlier))

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

    def _fold(self, fold: _Fold, events: list[AnyEvent]) -> None:
        rest = iter(events)
        for _ in events:  # each turn ends behind an event that raised
            try:
                fold.feed(rest)
                return
            except Exception as error:
                self._skip(error)

    def _skip(self, error: Exception) -> None:
        self._skipped += 1
        self.analyzer.skip()
        if self._skipped <= _LOGGED:
            log.exception("an event could not be analysed")
        if self._skipped == 1:
            self._say(f"An event could not be analysed and is missing here, see the log: {error!r}")


def discard(paths: tuple[Path, ...]) -> None:
    """Delete the files of a recording; what cannot be deleted stays."""
    for path in paths:
        remove(path)
