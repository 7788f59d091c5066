"""What an export reads: a recording, or a stretch of the session that is still in memory."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.redact import redact_event


class Source(Protocol):
    """A `recording.Replay` or a `recording.excerpt.Excerpt`."""

    @property
    def start_ns(self) -> int: ...
    @property
    def wall_ns(self) -> int: ...
    @property
    def end_ns(self) -> int: ...
    @property
    def endpoints(self) -> Sequence[EndpointConfig]: ...
    @property
    def problems(self) -> Sequence[str]: ...
    def batches(self) -> Iterator[list[AnyEvent]]: ...


class ExportCancelledError(WsmonitorError):
    """Somebody asked an export to stop; nothing was written."""

    def __init__(self) -> None:
        super().__init__("the export was cancelled")


class Cancellable:
    """A source that stops between two batches once `is_cancelled` says so, and shows no secrets."""

    def __init__(self, source: Source, is_cancelled: Callable[[], bool]) -> None:
        self._source = source
        self._is_cancelled = is_cancelled
        self.start_ns, self.wall_ns = source.start_ns, source.wall_ns
        self.endpoints = source.endpoints

    @property
    def end_ns(self) -> int:
        """When the last event was true; certain once `batches` has ended."""
        return self._source.end_ns

    @property
    def problems(self) -> Sequence[str]:
        """What is missing; complete once `batches` has ended."""
        return self._source.problems

    def batches(self) -> Iterator[list[AnyEvent]]:
        """The events of the source. Raises `ExportCancelledError`."""
        for batch in self._source.batches():
            if self._is_cancelled():
                raise ExportCancelledError
            yield [redact_event(event) for event in batch]


def wall_clock(source: Source) -> WallClock:
    """The wall clock at the start of `source`, until its first anchor."""
    return WallClock(source.wall_ns - source.start_ns)


def analyzer_of(source: Source) -> Analyzer:
    """An analyzer that knows the endpoints of `source` and nothing else yet."""
    analyzer = Analyzer(source.start_ns, source.wall_ns)
    for config in source.endpoints:
        analyzer.add_endpoint(config)
    return analyzer
