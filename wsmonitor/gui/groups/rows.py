"""Which rows the list has: one for each connection, and one for several that opens into theirs. Pure."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from wsmonitor.facts.events import WHOLE, Key
from wsmonitor.gui.groups.fleet_words import has_finding
from wsmonitor.gui.groups.grouping import Grouping, grouped
from wsmonitor.gui.groups.together import together

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import EndpointView


class Row(Struct, frozen=True):
    """A row of the list. `view` is what it says, `views` are the connections that it stands for."""

    view: "EndpointView"
    views: "tuple[EndpointView, ...]"
    depth: int = 0
    opens: int = 0
    """So many rows stand below it while it is open."""
    is_open: bool = False
    group: str = ""
    """The group that it stands for; it is no endpoint then."""

    @property
    def key(self) -> Key:
        """Identifies the row."""
        return (f"\0{self.group}", WHOLE) if self.group else self.view.key

    @property
    def speaker(self) -> Key:
        """Whose verdict and findings are told where the row is looked at: of a group the first that has a finding."""
        if not self.group:
            return self.view.key
        return next((view.key for view in self.views if has_finding(view)), self.views[0].key)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Those of the connections that it stands for."""
        return tuple(view.key for view in self.views)


class Block(Struct, frozen=True):
    """Rows that stay together: `head`, and below it the rows of what it stands for."""

    head: Row
    below: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """From top to bottom, without those that are closed away."""
        return (self.head, *self.below) if self.head.is_open else (self.head,)

    def sorted(self, by: "Callable[[EndpointView], Any]", *, descending: bool) -> "Block":
        """The same with the rows below in this order."""
        below = sorted(self.below, key=lambda row: by(row.view), reverse=descending)
        return Block(self.head, tuple(below))


Wholes = dict[Key, "tuple[tuple[EndpointView, ...], EndpointView]"]
"""What connections came to together the last time, so that it stays the same object while they do."""


def blocks(views: "Iterable[EndpointView]", closed: AbstractSet[Key], wholes: Wholes) -> list[Block]:
    """The rows of these connections, in their order: a tap stands above its clients, unless its key is `closed`."""
    found: list[Block] = []
    for name, group in groupby(views, key=lambda view: view.name if view.tap is not None else None):
        if name is None:
            found += [Block(Row(view, (view,))) for view in group]
        else:
            found.append(_tap(tuple(group), closed, wholes))
    return found


def grouped_blocks(
    views: "Iterable[EndpointView]", by: Grouping, closed: AbstractSet[Key], wholes: Wholes
) -> list[Block]:
    """The same in groups: a row with the totals of each stands above its connections, unless its key is `closed`."""
    return [_group(name, tuple(group), closed, wholes) for name, group in grouped(views, by).items()]


def _group(name: str, views: "tuple[EndpointView, ...]", closed: AbstractSet[Key], wholes: Wholes) -> Block:
    key = (f"\0{name}", WHOLE)
    known = _whole(key, views, wholes, lambda: replace(together(views), name=name, url="", tap=None, tags=()))
    head = Row(known, views, opens=len(views), is_open=key not in closed, group=name)
    return Block(head, tuple(Row(view, (view,), depth=1) for view in views))


def _whole(
    key: Key, views: "tuple[EndpointView, ...]", wholes: Wholes, make: "Callable[[], EndpointView]"
) -> "EndpointView":
    """What these come to together: the same object while they are the same."""
    known = wholes.get(key)
    if known is None or len(known[0]) != len(views) or any(a is not b for a, b in zip(known[0], views, strict=True)):
        known = wholes[key] = (views, make())
    return known[1]


def _tap(views: "tuple[EndpointView, ...]", closed: AbstractSet[Key], wholes: Wholes) -> Block:
    clients = tuple(view for view in views if view.client is not None)
    key = (views[0].name, WHOLE)
    known = _whole(key, views, wholes, lambda: together(views))
    is_open = bool(clients) and key not in closed
    head = Row(known, clients or views[:1], opens=len(clients), is_open=is_open)
    return Block(head, tuple(Row(view, (view,), depth=1) for view in clients))
