"""What many endpoints come to together: totals, and what most of them share. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from wsmonitor.gui.look import words
from wsmonitor.text import units

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import EndpointView

MANY = 8
"""From so many rows on they are of one line, and can be searched."""
_LEAST_SHARED = 3


class Shared(Struct, frozen=True):
    """So many of `whole` endpoints have the same finding, called `cause`."""

    endpoints: int
    whole: int
    cause: str
    text: str


def totals(views: "Sequence[EndpointView]", whole: int) -> str:
    """`60 endpoints: 52 open, 5 waiting, 3 failed · 103 ends · p99 up to 61 ms`, of these rows among `whole`."""
    by_state: Counter[str] = Counter("open" if view.state.is_open else view.state.value for view in views)
    states = ", ".join(f"{count} {state}" for state, count in by_state.most_common())
    of = f" of {whole:,}" if len(views) != whole else ""
    parts = [f"{len(views):,}{of} rows: {states}" if states else f"0{of} rows"]
    if ends := sum(view.closures for view in views):
        parts.append(units.counted(ends, "end"))
    if failed := sum(view.failures for view in views):
        parts.append(units.counted(failed, "failed opening"))
    slowest = max((view.p99_ns for view in views if view.p99_ns is not None), default=None)
    if slowest is not None:
        parts.append(f"p99 up to {units.duration(slowest)}")
    return " · ".join(parts)


def shared(views: "Sequence[EndpointView]") -> Shared | None:
    """The finding that most endpoints have, three at least; equal limits are those of about the same length."""
    names = {view.name for view in views}
    found: dict[str, set[str]] = {}
    for view in views:
        for finding in view.findings:
            if finding.pending is None and finding.severity != "info":
                found.setdefault(words.cause_words(finding), set()).add(view.name)
    cause, most = max(found.items(), key=lambda item: len(item[1]), default=("", set[str]()))
    if len(most) < _LEAST_SHARED:
        return None
    return Shared(len(most), len(names), cause, f"{len(most)} of {len(names)} endpoints share: {cause}")


def searched(text: str) -> list[str]:
    """What a search asks for, in lower case: words, and what stands in quotes as it stands."""
    return [quoted or word for quoted, word in re.findall(r'"([^"]+)"|([^\s"]+)', text.lower())]


def has_words(view: "EndpointView", wanted: Sequence[str]) -> bool:
    """True if each of these (of `searched`) stands in a row's name, address, state, last end, tags or findings."""
    causes = [words.cause_words(finding) for finding in view.findings if finding.pending is None]
    row = (
        words.endpoint_title(view),
        words.endpoint_address(view),
        view.state.value,
        words.last_ending(view),
        *view.tags,
        *causes,
    )
    text = "\n".join(row).lower()
    return all(word in text for word in wanted)


def has_finding(view: "EndpointView") -> bool:
    """True where a rule says something of weight."""
    return any(finding.pending is None and finding.severity != "info" for finding in view.findings)


def badness(view: "EndpointView") -> tuple[object, ...]:
    """For sorting, the worst last: not working at all, then by what is found, then by how often it ended."""
    is_down = view.state.value in ("failed", "offline", "suspended")
    severity = max((_SEVERITIES[finding.severity] for finding in view.findings if finding.pending is None), default=0)
    return is_down, severity, view.closures + view.failures, view.loss or 0.0


_SEVERITIES = {"info": 0, "warning": 1, "problem": 2}
