"""What rows are grouped by, and the group of each. Pure."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import urlsplit

from wsmonitor.gui.look.words import cause_words
from wsmonitor.text.plain_text import visible

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import EndpointView

Grouping = Literal["none", "host", "tag", "finding"]
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)


def grouped(views: "Iterable[EndpointView]", by: Grouping) -> "dict[str, list[EndpointView]]":
    """The connections of each group, groups in the order of their first; every connection is in one of them."""
    found: dict[str, list[EndpointView]] = {}
    for view in views:
        found.setdefault(_group(view, by), []).append(view)
    return found


def _group(view: "EndpointView", by: Grouping) -> str:
    match by:
        case "host":
            return _host(view.url)
        case "tag":
            return visible(view.tags[0], 60) if view.tags else "no tag"
        case "finding":
            causes = (cause_words(one) for one in view.findings if one.pending is None and one.severity != "info")
            return next(causes, "nothing found")
        case "none":
            return ""


def _host(url: str) -> str:
    """`example.com:8000`: the part of a URL that says which server, without names and passwords."""
    return visible(urlsplit(url).netloc.rpartition("@")[2] or url, 60)
