"""The log of a session: bounded rows, numbered for ever, shared with snapshots without a copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wsmonitor.events import AnyEvent

Severity = Literal["info", "warning", "problem"]


@dataclass(frozen=True)
class LogRow:
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

    first: int
    end: int

    def row(self, number: int) -> LogRow:
        """Row `number`; raises `IndexError` outside `first` to `end - 1`."""
        raise NotImplementedError

    def rows(self, start: int, stop: int) -> Sequence[LogRow]:
        """Rows `start` to `stop - 1`, clipped to what there is."""
        raise NotImplementedError
