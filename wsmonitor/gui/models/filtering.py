"""What a filter field means: words, `/regular expression/`, `rx` `tx` `text` `binary` `ping` `pong` `close`. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from wsmonitor.analysis.log import LogRow
from wsmonitor.events import Control, Message

OPCODES = {"text": 1, "binary": 2, "close": 8, "ping": 9, "pong": 10}


@dataclass(frozen=True)
class RowFilter:
    """Chooses rows of a log: by endpoint (`None`: all), by the text of a filter field."""

    text: str = ""
    endpoints: frozenset[str] | None = None
    problem: str = field(default="", compare=False)
    _matches: Callable[[LogRow], bool] | None = field(default=None, compare=False, repr=False)

    @property
    def is_empty(self) -> bool:
        """True where every row passes."""
        return self.endpoints is None and self._matches is None

    def numbers(self, rows: Sequence[LogRow]) -> list[int]:
        """The numbers of the rows that pass, in order."""
        endpoints, matches = self.endpoints, self._matches
        if endpoints is not None:
            rows = [row for row in rows if row.endpoint in endpoints]
        if matches is not None:
            rows = [row for row in rows if matches(row)]
        return [row.number for row in rows]


def parse_filter(text: str, endpoints: frozenset[str] | None = None) -> RowFilter:
    """The filter that `text` describes; a broken expression passes all and says its `problem`."""
    wanted = text.strip()
    if not wanted:
        return RowFilter(text, endpoints)
    if len(wanted) > 1 and wanted.startswith("/"):
        try:
            search = re.compile(wanted.strip("/"), re.IGNORECASE).search
        except re.error as error:
            return RowFilter(text, endpoints, problem=f"not a regular expression: {error}")
        return RowFilter(text, endpoints, _matches=lambda row: search(row.text) is not None)
    tests = [_word_test(word) for word in wanted.lower().split()]
    return RowFilter(text, endpoints, _matches=tests[0] if len(tests) == 1 else _all_of(tests))


def _word_test(word: str) -> Callable[[LogRow], bool]:
    if word in ("rx", "tx"):
        return lambda row: isinstance(row.event, Message | Control) and row.event.direction == word
    if word in OPCODES:
        opcode = OPCODES[word]
        return lambda row: (
            row.event.opcode == opcode if isinstance(row.event, Message | Control) else word in row.text.lower()
        )
    return lambda row: word in row.text.lower()


def _all_of(tests: Sequence[Callable[[LogRow], bool]]) -> Callable[[LogRow], bool]:
    return lambda row: all(test(row) for test in tests)
