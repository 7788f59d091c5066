"""What can be compared with what: the periods that marks and the focus make of a session, and recordings. No Qt."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from wsmonitor.exports.compared import Period, Side
from wsmonitor.exports.source import Source
from wsmonitor.recording import Replay
from wsmonitor.text.plain_text import visible

Clock = Callable[[int], str]
"""How a time of the events reads."""


class Choice(Struct, frozen=True):
    """One side, as it is offered: a `period` of what is shown, or the recording `path`."""

    text: str
    period: Period | None = None
    path: Path | None = None


class Shown(Struct, frozen=True):
    """What the window shows now: its times, marks and focus period, on the clock of the events."""

    start_ns: int
    end_ns: int
    marks: tuple[int | None, int | None] = (None, None)
    focus: Period | None = None


def choices(shown: Shown | None, clock: Clock) -> list[Choice]:
    """The periods that can be chosen, in order of time; none while nothing is shown or marked."""
    if shown is None:
        return []
    named = sorted((at_ns, name) for at_ns, name in zip(shown.marks, ("A", "B"), strict=True) if at_ns is not None)
    found = _between(shown, named)
    if shown.focus is not None:
        start_ns, end_ns = shown.focus
        found += [
            ("before the focus period", (shown.start_ns, start_ns)),
            ("the focus period", (start_ns, end_ns)),
            ("after the focus period", (end_ns, shown.end_ns)),
        ]
    return [
        Choice(f"{text}: {clock(period[0])} to {clock(period[1])}", period)
        for text, period in found
        if period[1] > period[0]
    ]


def suggested(offered: Sequence[Choice]) -> tuple[int, int]:
    """Which two of them to begin with: what was before, and what came after."""
    return (0, min(len(offered), 3) - 1) if len(offered) > 1 else (0, 0)


def recording(path: Path) -> Choice:
    """A recording as a choice."""
    return Choice(visible(path.name, 60), path=path)


def side(choice: Choice, shown: Callable[[], Source]) -> Side:
    """What is to be read for a choice; `shown` opens what the window shows."""
    if choice.path is not None:
        return Side(visible(choice.path.name, 60), partial(Replay, choice.path))
    return Side(choice.text, shown, choice.period)


def _between(shown: Shown, named: Sequence[tuple[int, str]]) -> list[tuple[str, Period]]:
    if not named:
        return []
    edges = [(shown.start_ns, ""), *named, (shown.end_ns, "")]
    found = []
    for (start_ns, first), (end_ns, second) in pairwise(edges):
        text = f"{first} to {second}" if first and second else f"before {second}" if second else f"after {first}"
        found.append((text, (start_ns, end_ns)))
    return found
