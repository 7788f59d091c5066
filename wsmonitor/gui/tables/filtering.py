"""What a filter field chooses of a log: by the language of `analysis/filters`, by endpoint and by time. Pure.

No row is worded to be left out, so that the first filter of a full log costs no more than the next one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from wsmonitor.analysis.filters.filter import EVENTS, compile_filter
from wsmonitor.analysis.log import LogView
from wsmonitor.facts.events import AnyEvent, Disruption, EndpointEvent
from wsmonitor.settings.conditions.grammar import FilterError

Test = Callable[[AnyEvent], bool]
Slots = Mapping[str, frozenset[int]]


@dataclass(frozen=True)
class RowFilter:
    """Chooses rows of a log: by endpoint (`None`: all), by time (`None`: any), by the text of a filter field."""

    text: str = ""
    endpoints: frozenset[str] | None = None
    period: tuple[int, int] | None = None
    """From the first to before the second, on the clock of the events."""
    slots: Slots = field(default_factory=dict)
    """Of these endpoints only the connections in these slots."""
    problem: str = field(default="", compare=False)
    _matches: Test | None = field(default=None, compare=False, repr=False)

    @property
    def is_empty(self) -> bool:
        """True where every row passes."""
        return self.endpoints is None and not self.slots and self.period is None and self._matches is None

    def numbers(self, log: LogView, start: int, stop: int) -> list[int]:
        """The numbers of the rows from `start` to `stop - 1` that pass, in order."""
        endpoints, slots, period, matches = self.endpoints, self.slots, self.period, self._matches
        low, high = period or (0, 0)
        passed: list[int] = []
        for first, events in log.stretches(start, stop):
            rows: Iterable[tuple[int, AnyEvent]] = enumerate(events, first)
            if endpoints is not None:
                rows = [row for row in rows if _endpoint(row[1]) in endpoints]
            if slots:
                rows = [row for row in rows if _is_of(row[1], slots)]
            if period is not None:
                rows = [row for row in rows if low <= row[1].at_ns < high]
            passed += [n for n, event in rows if matches is None or matches(event)]
        return passed


def parse_filter(
    text: str,
    endpoints: frozenset[str] | None = None,
    period: tuple[int, int] | None = None,
    slots: Slots | None = None,
) -> RowFilter:
    """The filter that `text` describes; a broken one passes all and says its `problem`."""
    try:
        return RowFilter(text, endpoints, period, slots or {}, _matches=compile_filter(text, EVENTS))
    except FilterError as error:
        return RowFilter(text, endpoints, period, slots or {}, problem=str(error))


def _is_of(event: AnyEvent, slots: Slots) -> bool:
    """What is said of a tap as a whole is said of each of its clients."""
    if not isinstance(event, EndpointEvent) or (isinstance(event, Disruption) and event.is_shared):
        return True
    wanted = slots.get(event.endpoint)
    return wanted is None or event.slot in wanted


def _endpoint(event: AnyEvent) -> str:
    return event.endpoint if isinstance(event, EndpointEvent) else ""
