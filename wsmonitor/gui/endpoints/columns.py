"""The columns of the list: what each says of a row, which ones there is room for, how wide they are. Pure."""

import enum
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from wsmonitor.gui.look import words
from wsmonitor.gui.look.words import plain
from wsmonitor.text import units
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_text

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import EndpointView, Snapshot
    from wsmonitor.gui.groups.rows import Row


class Column(enum.IntEnum):
    """Columns from left to right; the sparkline runs below the numbers, the lane beside those of one line."""

    ENDPOINT = 0
    STATE = 1
    RTT = 2
    P99 = 3
    LOSS = 4
    BUFFERED = 5
    LAST_CLOSE = 6
    LANE = 7


TITLES = ("Endpoint", "State", "RTT ms", "p99", "loss", "buf", "last close", "over time")
TIPS = (
    "Name and address. A right click chooses columns, also those that a narrow list has no room for; drag an edge for "
    "another width, a title to another place",
    "What each connection does now. Sorted by it, what works least is on top",
    "The last round trip of a WebSocket ping",
    "99 of 100 round trips of WebSocket pings were shorter, of all since the start or of the focus period",
    "Heartbeats of every kind that were not answered in time",
    "Messages that wait to be written",
    "How the last connection ended, and how many did; at a tap whose end it was (beyond: the server, or something "
    "before it)",
    "The states over the time that the plots show; the higher, the more works",
)
SAMPLES = {
    Column.STATE: "connected 59:59",
    Column.RTT: "RTT ms ",
    Column.P99: "0000.",
    Column.LOSS: "0.0%.",
    Column.BUFFERED: "buf 0",
    Column.LAST_CLOSE: "timeout ×99",
    Column.LANE: "over time o",
}
COMPACT_STATE = "C connecting  HTTP 403..."
"""A row of one line has the words of a state beside its pill."""
TAP_LAST_CLOSE = "beyond FIN ×99"
"""At a tap it is said whose end it was."""
NUMBERS = frozenset({Column.P99, Column.LOSS, Column.BUFFERED, Column.LAST_CLOSE})
"""Painted in the font whose digits are of one width; of round trips the title is longer."""
NARROW, NARROW_STATE = 400, "C connecting ."
"""A list narrower than this has room for the pill, and below it for what `words.short_state` says."""
LEAST_WIDTH = 36
_FIRST_TO_GO = {Column.BUFFERED: 140, Column.P99: 108, Column.LOSS: 108, Column.RTT: 84, Column.LANE: 84}
"""What a narrow list does without, and the width that names must have for it to stay."""
_COMPACT_NAME, _LEAST_NAME = 105, 60
_ROOMY, _STATE_MORE = 480, 90
"""A list wider than this shares what it has: so many pixels more, at most, let states say all."""
_NAME_OF_MANY = 150
"""Names of rows of one line take no more than this while the lane can use it."""


class Columns(NamedTuple):
    """Names of all columns from left to right if they were moved, widths of those that were widened, hidden ones."""

    order: tuple[str, ...] = ()
    widths: dict[str, int] = {}  # nobody changes it
    hidden: tuple[str, ...] = ()


def fitted(
    width: int, sizes: Mapping[Column, int], users: Mapping[str, int], unwanted: Collection[str], *, is_compact: bool
) -> dict[Column, int]:
    """The columns that are shown and their widths; `sizes` have what each needs, `users` what the user gave some.

    A narrow list keeps names readable and loses numbers instead, last those that the user gave a width: tooltips still
    have them. Names get what is left, or the width that the user gave them; in rows of one line the lane gets what
    names do not need.
    """
    spare = max(0, width - _ROOMY) // 3
    wanted = {column: size for column, size in sizes.items() if column.name not in unwanted}
    if not is_compact:
        wanted.pop(Column.LANE, None)
        if Column.STATE in wanted:
            wanted[Column.STATE] += min(spare, _STATE_MORE)
    wanted |= {column: users.get(column.name, size) for column, size in wanted.items()}
    users_name = users.get(Column.ENDPOINT.name, 0)
    for column, name_width in sorted(_FIRST_TO_GO.items(), key=lambda one: one[0].name in users):
        least = users_name or (_COMPACT_NAME if is_compact else name_width)
        if column in wanted and sum(wanted.values()) > width - least:
            del wanted[column]
    name = users_name or max(_LEAST_NAME, width - sum(wanted.values()))
    if Column.LANE in wanted and not users_name and Column.LANE.name not in users and name > _NAME_OF_MANY:
        wanted[Column.LANE] += name - _NAME_OF_MANY
        name = _NAME_OF_MANY
    return wanted | {Column.ENDPOINT: name}


def cell_text(view: "EndpointView", column: Column, now_ns: int) -> str:
    """The text of one cell, for screen readers and tests; the delegate paints the same words."""
    match column:
        case Column.ENDPOINT:
            return words.endpoint_title(view)
        case Column.STATE:
            return f"{words.pill(view)}, {words.state_line(view, now_ns)}"
        case Column.RTT:
            return units.milliseconds(view.rtt_ns)
        case Column.P99:
            return units.milliseconds(view.p99_ns)
        case Column.LOSS:
            return units.percent(view.loss)
        case Column.BUFFERED:
            return units.short_size(view.buffered_bytes) if view.is_tapped else units.short_count(view.buffered)
        case Column.LAST_CLOSE:
            return words.last_ending(view)
        case Column.LANE:
            return ""


def row_cells(row: "Row", now_ns: int) -> tuple[object, ...]:
    """Everything that a row shows, column by column: what is equal need not be painted anew."""
    view = row.view
    return (
        (words.row_lines(view), row.depth, row.opens, row.is_open, view.tls_unverified, view.proxy),
        state_cell(view, now_ns),
        *(cell_text(view, column, now_ns) for column in Column if Column.STATE < column < Column.LANE),
        tuple([(one.state, one.since_ns, one.connection) for one in row.views]),
    )


def state_cell(view: "EndpointView", now_ns: int) -> tuple[object, ...]:
    """The cell that goes on by itself."""
    return view.state, words.pill(view), words.state_line(view, now_ns)


def endpoint_tooltip(view: "EndpointView", column: Column, now_ns: int, snapshot: "Snapshot | None") -> str:
    """What the cell in `column` has to say beyond its text, to be shown as it is."""
    return plain(_tip(view, column, now_ns, snapshot))


def _tip(view: "EndpointView", column: Column, now_ns: int, snapshot: "Snapshot | None") -> str:
    match column:
        case Column.ENDPOINT:
            unsafe = "\nTLS certificate is not verified" if view.tls_unverified else ""
            proxy = f"\nThrough the proxy {view.proxy}: timings describe the proxy" if view.proxy else ""
            return f"{words.endpoint_title(view)}\n{words.endpoint_address(view)}{unsafe}{proxy}"
        case Column.STATE:
            why = f"\n{visible(redact_text(view.cause), 300)}" if view.cause else ""
            ordered = f"\nForced at the next opening: {', '.join(view.ordered)}" if view.ordered else ""
            return f"{cell_text(view, column, now_ns)}{why}{ordered}"
        case Column.LAST_CLOSE if view.last_closure is not None:
            from wsmonitor.gui.tables.ending_cells import details

            return "" if snapshot is None else details(view.last_closure, snapshot)
        case Column.LAST_CLOSE if view.last_failure is not None:
            return f"{words.failure(view)}\n{visible(redact_text(view.last_failure.error), 300)}"
        case Column.BUFFERED if view.is_tapped:
            return f"{units.short_size(view.buffered_bytes)} wait in the tap, for the server and for your client"
        case Column.BUFFERED:
            limit = f" of {view.buffered_limit:,}" if view.buffered_limit else ""
            return (
                f"{view.buffered:,}{limit} messages, {units.short_size(view.buffered_bytes)}; {view.dropped:,} dropped"
            )
        case Column.LOSS:
            where = ", where it is worst" if view.members > 1 else ""
            return f"{cell_text(view, column, now_ns)} of the heartbeats of every kind were not answered in time{where}"
        case Column.LANE:
            return ""
        case _:
            whose = f", the slowest of {view.members}" if view.members > 1 else ""
            return f"{TITLES[column]}: {cell_text(view, column, now_ns)} (WebSocket ping{whose})"
