"""The log of a session: bounded rows, numbered for ever, shared with snapshots without a copy."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from wsmonitor.facts.events import AnyEvent, EndpointEvent
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes
from wsmonitor.text.wording.event_words import severity, words

Severity = Literal["info", "warning", "problem"]

CodesOf = Callable[[str], CloseCodes]
"""What close codes mean at an endpoint of this name."""

_CHUNK_ROWS = 512
_ROW_BYTES = 500


def everybodys(endpoint: str) -> CloseCodes:
    """For a log without endpoints of its own."""
    return EVERYBODYS


class LogRow(Struct, frozen=True):
    """One row: `number` counts from 0 and never changes; `text` is one plain, bounded line."""

    number: int
    at_ns: int
    endpoint: str
    slot: int
    connection: int
    severity: Severity
    text: str
    event: AnyEvent


class LogView:
    """The rows `first` to `end - 1` of a log, as they were when the snapshot was made."""

    def __init__(
        self,
        chunks: tuple["_Chunk", ...] = (),
        end: int = 0,
        codes_of: CodesOf = everybodys,
        counts: Mapping[str, int] | None = None,
    ) -> None:
        self._chunks = chunks
        self._counts = counts or {}
        self.codes_of = codes_of
        self.first = chunks[0].first if chunks else end
        self.end = end

    def count(self, endpoints: Collection[str] | None) -> int:
        """How many rows that count there ever were of these endpoints, of all for `None`."""
        return sum(self._counts.values() if endpoints is None else (self._counts.get(name, 0) for name in endpoints))

    def row(self, number: int) -> LogRow:
        """Row `number`; raises `IndexError` outside `first` to `end - 1`."""
        if not self.first <= number < self.end:
            raise IndexError(f"row {number} is not among {self.first} to {self.end - 1}")
        return self._row(number)

    def rows(self, start: int, stop: int) -> Sequence[LogRow]:
        """Rows `start` to `stop - 1`, clipped to what there is."""
        return [self._row(number) for number in range(max(start, self.first), min(stop, self.end))]

    def events(self, start: int, stop: int) -> Iterator[tuple[int, AnyEvent]]:
        """Numbers and events of rows `start` to `stop - 1`, clipped to what there is; nothing is worded."""
        for first, events in self.stretches(start, stop):
            yield from enumerate(events, first)

    def stretches(self, start: int, stop: int) -> Iterator[tuple[int, Sequence[AnyEvent]]]:
        """The same in stretches, each with the number of its first row: for those who look at all of them."""
        start, stop = max(start, self.first), min(stop, self.end)
        for chunk in self._chunks:
            low, high = max(start, chunk.first), min(stop, chunk.first + _CHUNK_ROWS)
            if low < high:
                yield low, chunk.events[low - chunk.first : high - chunk.first]

    def _row(self, number: int) -> LogRow:
        # All chunks but the last are full, so the place follows from the number.
        return self._chunks[(number - self.first) // _CHUNK_ROWS].row(number, self.codes_of)


class Log:
    """The writer's side. Whole chunks of the oldest rows go once a bound is passed.

    Args:
        limit: so many of the newest rows are kept at least.
        limit_bytes: payloads kept in rows may take so much; below that, fewer rows are kept.
        codes_of: what close codes in rows mean.
    """

    def __init__(self, *, limit: int, limit_bytes: int, codes_of: CodesOf = everybodys) -> None:
        self._codes_of = codes_of
        self._limit = limit
        self._limit_bytes = limit_bytes
        self._chunks: list[_Chunk] = []
        self._end = 0
        self._bytes = 0
        self._counts: dict[str, int] = {}
        self._view: LogView | None = None

    def append(self, event: AnyEvent, payload_bytes: int = 0, *, counts: bool = True) -> None:
        """Add a row that keeps `event`, which holds so many bytes of payload; `counts` if `LogView.count` is to."""
        if not self._chunks or type(self._chunks[-1]) is FullChunk:
            self._chunks.append(_Chunk(self._end))
        chunk = self._chunks[-1]
        chunk.events.append(event)
        chunk.bytes += payload_bytes
        self._bytes += payload_bytes
        self._end += 1
        name = event.endpoint if isinstance(event, EndpointEvent) else ""
        self._counts[name] = self._counts.get(name, 0) + counts
        self._view = None
        if len(chunk.events) == _CHUNK_ROWS:
            self._chunks[-1] = FullChunk(chunk)
        while len(self._chunks) > 1 and self._has_too_much(self._chunks[0]):
            self._bytes -= self._chunks.pop(0).bytes

    def view(self) -> LogView:
        """What there is now. Costs nothing while nothing was appended."""
        if self._view is None:
            self._view = LogView(tuple(self._chunks), self._end, self._codes_of, dict(self._counts))
        return self._view

    def forget_words(self) -> None:
        """Codes mean something else now: rows are worded anew when they are looked at."""
        for chunk in self._chunks:
            chunk.forget_words()

    def _has_too_much(self, oldest: "_Chunk") -> bool:
        rows_without = self._end - oldest.first - _CHUNK_ROWS
        return rows_without >= self._limit or self._bytes > self._limit_bytes


class _Chunk:
    """Events in order, and their rows once somebody looked at them; views read only what was there."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.bytes = 0
        self.events: list[AnyEvent] = []
        self._rows: dict[int, LogRow] = {}

    def row(self, number: int, codes_of: CodesOf) -> LogRow:
        row = self._rows.get(number)
        if row is None:
            row = self._rows[number] = _row(number, self.events[number - self.first], codes_of)
        return row

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_rows": {}}  # whoever paints adds to them, in another thread perhaps

    def forget_words(self) -> None:
        self._rows.clear()


class FullChunk(_Chunk):
    """Takes no more events: logs may share it."""

    def __init__(self, chunk: _Chunk) -> None:
        super().__init__(chunk.first)
        self.bytes, self.events, self._rows = chunk.bytes, chunk.events, chunk._rows

    @property
    def nbytes(self) -> int:
        """What it takes in memory, about."""
        return self.bytes + _CHUNK_ROWS * _ROW_BYTES


def _row(number: int, event: AnyEvent, codes_of: CodesOf) -> LogRow:
    about = event if isinstance(event, EndpointEvent) else None
    return LogRow(
        number=number,
        at_ns=event.at_ns,
        endpoint=about.endpoint if about else "",
        slot=about.slot if about else 0,
        connection=about.connection if about else 0,
        severity=severity(event),
        text=words(event, codes_of(about.endpoint) if about else EVERYBODYS),
        event=event,
    )
