"""The columns of the event and message tables. Pure."""

from wsmonitor.analysis.log import LogRow
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.facts.events import Control, Message
from wsmonitor.gui.look.moments import Moments
from wsmonitor.text import units
from wsmonitor.text.plain_text import preview, visible

OPCODE_NAMES = {0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
SEVERITY_MARKS = {"info": "·", "warning": "▲", "problem": "✖"}


class EventColumns:
    """Time, how bad, where, and what happened."""

    titles = ("time", "", "endpoint", "#", "event")

    def __init__(self, moments: Moments) -> None:
        self._moments = moments

    def text(self, row: LogRow, before: LogRow | None, column: int, snapshot: Snapshot) -> str:
        match column:
            case 0:
                return self._moments.clock(snapshot, row.at_ns)
            case 1:
                return SEVERITY_MARKS[row.severity]
            case 2:
                return visible(row.endpoint, 60)
            case 3:
                return str(row.connection) if row.connection else ""
            case _:
                return row.text


class MessageColumns:
    """Time, direction, what it is, how long, since when, and its head."""

    titles = ("time", "", "endpoint", "opcode", "size", "delta", "preview")

    def __init__(self, moments: Moments) -> None:
        self._moments = moments

    def text(self, row: LogRow, before: LogRow | None, column: int, snapshot: Snapshot) -> str:
        event = row.event
        if not isinstance(event, Message | Control):
            return row.text if column == 6 else ""
        match column:
            case 0:
                return self._moments.clock(snapshot, row.at_ns)
            case 1:
                return "↓" if event.direction == "rx" else "↑"
            case 2:
                return visible(row.endpoint, 60)
            case 3:
                return OPCODE_NAMES.get(event.opcode, str(event.opcode))
            case 4:
                return units.short_size(event.size_bytes if isinstance(event, Message) else len(event.payload))
            case 5:
                return "" if before is None else delta(row.at_ns - before.at_ns)
            case _:
                return _head(event)


def delta(passed_ns: int) -> str:
    """`+0.28 ms`, `+28 s`; `−0.28 ms` for what was handed over after what came later."""
    return f"{'−' if passed_ns < 0 else '+'}{units.round_trip(abs(passed_ns))}"


def _head(event: Message | Control) -> str:
    if isinstance(event, Control) and event.opcode == 8 and len(event.payload) >= 2:
        return f"{int.from_bytes(event.payload[:2], 'big')} {preview(event.payload[2:], 123)}".rstrip()
    if event.opcode in (2, 9, 10):
        shown = event.payload[:48].hex(" ")
        suffix = " (suppressed)" if isinstance(event, Control) and event.suppressed else ""
        return f"{shown}{' …' if len(event.payload) > 48 else ''}{suffix}"
    return preview(event.payload, 200)
