"""What a filter field means: words, `/regular expression/`, `rx` `tx` `text` `binary` `ping` `pong` `close`. Pure.

Messages are matched on their bytes as they came, everything else on its words: no row is worded to be
left out, so that the first filter of a full log costs no more than the next one.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from wsmonitor.analysis.log import LogView
from wsmonitor.facts.events import AnyEvent, Control, EndpointEvent, Message
from wsmonitor.text.wording.event_words import words

OPCODES = {"text": 1, "binary": 2, "close": 8, "ping": 9, "pong": 10}

Test = Callable[[AnyEvent], bool]
_HEX_BYTES = 48


@dataclass(frozen=True)
class RowFilter:
    """Chooses rows of a log: by endpoint (`None`: all), by time (`None`: any), by the text of a filter field."""

    text: str = ""
    endpoints: frozenset[str] | None = None
    period: tuple[int, int] | None = None
    """From the first to before the second, on the clock of the events."""
    problem: str = field(default="", compare=False)
    _matches: Test | None = field(default=None, compare=False, repr=False)

    @property
    def is_empty(self) -> bool:
        """True where every row passes."""
        return self.endpoints is None and self.period is None and self._matches is None

    def numbers(self, log: LogView, start: int, stop: int) -> list[int]:
        """The numbers of the rows from `start` to `stop - 1` that pass, in order."""
        endpoints, period, matches = self.endpoints, self.period, self._matches
        low, high = period or (0, 0)
        passed: list[int] = []
        for first, events in log.stretches(start, stop):
            rows: Iterable[tuple[int, AnyEvent]] = enumerate(events, first)
            if endpoints is not None:
                rows = [row for row in rows if _endpoint(row[1]) in endpoints]
            if period is not None:
                rows = [row for row in rows if low <= row[1].at_ns < high]
            passed += [n for n, event in rows if matches is None or matches(event)]
        return passed


def parse_filter(
    text: str, endpoints: frozenset[str] | None = None, period: tuple[int, int] | None = None
) -> RowFilter:
    """The filter that `text` describes; a broken expression passes all and says its `problem`."""
    wanted = text.strip()
    if not wanted:
        return RowFilter(text, endpoints, period)
    if len(wanted) > 1 and wanted.startswith("/"):
        try:
            return RowFilter(text, endpoints, period, _matches=_expression_test(wanted[1:].removesuffix("/")))
        except (re.error, OverflowError, RecursionError) as error:
            return RowFilter(text, endpoints, period, problem=f"not a regular expression: {error}")
    tests = [_word_test(word) for word in wanted.lower().split()]
    return RowFilter(text, endpoints, period, _matches=tests[0] if len(tests) == 1 else _all_of(tests))


def _endpoint(event: AnyEvent) -> str:
    return event.endpoint if isinstance(event, EndpointEvent) else ""


def _word_test(word: str) -> Test:
    if word in ("rx", "tx"):
        return lambda event: isinstance(event, Message | Control) and event.direction == word
    if word in OPCODES:
        opcode = OPCODES[word]
        return lambda event: (
            event.opcode == opcode if isinstance(event, Message | Control) else word in words(event).lower()
        )
    needle = word.encode("utf-8", "replace") if word.isascii() else None

    def contains(event: AnyEvent) -> bool:
        if type(event) is Message and event.opcode == 1:
            if needle is not None:
                return needle in event.payload.lower()
            return word in _text(event.payload).lower()
        return word in _haystack(event).lower()

    return contains


def _expression_test(pattern: str) -> Test:
    search = re.compile(pattern, re.IGNORECASE).search
    try:
        search_bytes = re.compile(pattern.encode("ascii"), re.IGNORECASE).search
    except (re.error, UnicodeEncodeError):
        search_bytes = None

    def found(event: AnyEvent) -> bool:
        if type(event) is Message and event.opcode == 1:
            payload = event.payload
            if search_bytes is not None and payload.isascii():
                return search_bytes(payload) is not None
            return search(_text(payload)) is not None
        return search(_haystack(event)) is not None

    return found


def _haystack(event: AnyEvent) -> str:
    """What there is to find in anything but a text message: what its row shows."""
    if isinstance(event, Message):
        return f"{event.payload[:_HEX_BYTES].hex(' ')} {_text(event.payload)}"
    if isinstance(event, Control) and event.opcode != 8:
        return f"{event.payload[:_HEX_BYTES].hex(' ')} {_text(event.payload)}{' (suppressed)' * event.suppressed}"
    return words(event)


def _text(payload: bytes) -> str:
    return payload.decode("utf-8", "replace")


def _all_of(tests: Sequence[Test]) -> Test:
    return lambda event: all(test(event) for test in tests)
