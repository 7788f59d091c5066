"""Which columns the list has room for, and how wide they are. Pure."""

import enum
from collections.abc import Collection, Mapping
from typing import NamedTuple


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
    have them. Names get what is left, or
    the width that the user gave them; in rows of one line the lane gets what names do not need.
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
