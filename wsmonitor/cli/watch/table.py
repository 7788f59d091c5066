"""The live table of `watch` on a terminal: endpoints below, what happened scrolls by above.

It is drawn in the reporter's thread, at most four times a second and never while the terminal still takes
the last frame, so that it costs the measuring loop no more than lines would.
"""

import io
import os
from collections.abc import Callable
from typing import Protocol

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from wsmonitor.analysis.headline import worst_headline
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.cli.measuring.text import TextLines
from wsmonitor.diagnosis.findings import FindingChange, FindingStated, FindingWithdrawn
from wsmonitor.facts.events import AnyEvent, ConnectionClosed, Disruption, OpenFailed, State, StateChanged
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_text
from wsmonitor.text.units import duration, percent
from wsmonitor.text.wording.closure_words import closure_words
from wsmonitor.text.wording.event_words import severity

EVERY_NS = 250_000_000
_MARGIN_LINES = 7
_COLUMNS = {
    **{"endpoint": 0, "state": 0, "rtt": 50, "p50": 125, "p99": 60, "loss": 70, "waiting": 115, "closures": 0},
    "last": 100,
}
"""Heading -> how wide a terminal must be for it."""
_LEAST = {"endpoint": 8, "state": 14, "last": 20}
_COLOURS = {
    State.OPEN: "green",
    State.DEGRADED: "dark_orange",
    State.CLOSING: "dark_orange",
    State.FAILED: "red",
    State.BACKOFF: "magenta",
    State.HOLD: "magenta",
    State.SUSPENDED: "magenta",
    State.OFFLINE: "magenta",
    State.IDLE: "bright_black",
    State.STOPPED: "bright_black",
}


class Snapshots(Protocol):
    """What the table shows: `analysis.analyzer.Analyzer`."""

    def snapshot(self, now_ns: int) -> Snapshot: ...


class LiveTable:
    """Words events as `watch` does on a terminal: notable ones as lines, the rest as a table that is redrawn.

    Args:
        may_draw: false while the terminal has not taken what was written before.
    """

    def __init__(
        self,
        fold: Snapshots,
        text: TextLines,
        *,
        descriptor: int,
        encoding: str,
        colour: bool,
        may_draw: Callable[[], bool],
    ) -> None:
        self._fold = fold
        self._text = text
        self._descriptor = descriptor
        self._encoding = encoding
        self._colour = colour
        self._may_draw = may_draw
        self._due_ns = 0
        self._height = 0

    def line(self, event: AnyEvent | FindingChange) -> bytes | None:
        """What to write about `event`: its line, the table, both, or nothing."""
        line = None
        if _is_notable(event):
            line = self._text.line(event)
        elif not isinstance(event, FindingStated | FindingWithdrawn):
            self._text.hear(event)
        is_due = event.at_ns >= self._due_ns and self._may_draw()
        if line is None and not is_due:
            return None
        erased = f"\x1b[{self._height}A\x1b[J".encode() if self._height else b""
        self._height = 0
        if not is_due:
            self._due_ns = 0  # the line took the table's place: it comes back with the next event
            return erased + (line or b"")
        self._due_ns = event.at_ns + EVERY_NS
        return erased + (line or b"") + self._frame(event.at_ns)

    def _frame(self, now_ns: int) -> bytes:
        columns, rows = _size(self._descriptor)
        snapshot = self._fold.snapshot(now_ns)
        text = frame(snapshot, columns=columns, rows=max(1, rows - _MARGIN_LINES), colour=self._colour)
        self._height = text.count("\n")
        return text.encode(self._encoding, "backslashreplace")


def frame(snapshot: Snapshot, *, columns: int, rows: int, colour: bool) -> str:
    """The table, no wider than `columns`; endpoints beyond `rows` are counted in a last line."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    kept = [heading for heading, least in _COLUMNS.items() if columns >= least]
    for heading in kept:
        is_text = heading in ("endpoint", "state", "last")
        table.add_column(
            heading,
            justify="left" if is_text else "right",
            min_width=_LEAST.get(heading, max(7, len(heading))),
            no_wrap=True,
            overflow="ellipsis",
        )
    for view in snapshot.endpoints[:rows]:
        cells = _cells(view, snapshot, columns)
        table.add_row(*(cells[heading] for heading in kept))
    output = io.StringIO()
    first = worst_headline(snapshot)
    console = Console(
        file=output,
        width=columns,
        force_terminal=True,
        color_system="standard" if colour else None,
        legacy_windows=False,
    )
    if first:
        console.print(Text(first, style="bold", no_wrap=True, overflow="ellipsis"))
    console.print(table, end="")
    if len(snapshot.endpoints) > rows:
        console.print(f"and {len(snapshot.endpoints) - rows} more")
    return output.getvalue()


def _cells(view: EndpointView, snapshot: Snapshot, columns: int) -> dict[str, Text]:
    now_ns = snapshot.at_ns
    slot = f"/{view.slot}" if view.slots > 1 else ""
    state = f"{view.state.letter} {view.state.value} {duration(max(0, now_ns - view.since_ns))}"
    if view.retry_at_ns is not None and not view.state.is_open:
        state += f", {'its turn' if view.waits_its_turn else 'next'} in {duration(max(0, view.retry_at_ns - now_ns))}"
    return {
        "endpoint": Text(visible(view.name, columns // 4) + slot),
        "state": Text(state, style=_COLOURS.get(view.state, "cyan")),
        "rtt": _time(view.rtt_ns),
        "p50": _time(view.p50_ns),
        "p99": _time(view.p99_ns),
        "loss": Text("–" if view.loss is None else percent(view.loss), style="red" if view.loss else ""),
        "waiting": Text(f"{view.buffered:,}"),
        "closures": Text(f"{view.closures:,}"),
        "last": Text(_last(view, snapshot)),
    }


def _time(value_ns: int | None) -> Text:
    return Text("–" if value_ns is None else duration(value_ns))


def _last(view: EndpointView, snapshot: Snapshot) -> str:
    """The most urgent finding, why it waits for others, else how the last connection ended, else why none opened."""
    stated = [finding.sentence for finding in view.findings if finding.pending is None][:1]
    if told := [*stated, *([redact_text(view.cause)] if view.waits_its_turn else [])]:
        return visible(" · ".join(told))
    if view.last_closure is not None:
        return closure_words(view.last_closure.verdict, snapshot.codes_of(view.name))
    return "" if view.last_failure is None else visible(view.last_failure.error)


def _is_notable(event: AnyEvent | FindingChange) -> bool:
    if isinstance(event, FindingStated | FindingWithdrawn | OpenFailed):
        return True
    if isinstance(event, StateChanged):
        return event.new is State.OPEN or event.new is State.FAILED
    return isinstance(event, ConnectionClosed | Disruption) or severity(event) != "info"


def _size(descriptor: int) -> tuple[int, int]:
    try:
        size = os.get_terminal_size(descriptor)
    except OSError:
        return 80, 24
    return max(40, size.columns or 80), max(10, size.lines or 24)  # some terminals say 0
