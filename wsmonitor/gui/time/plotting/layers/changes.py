"""Where two pictures of one plot differ: all that was painted elsewhere can stay."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from wsmonitor.plots.drawing import Drawing, Floats, Forced, Mark, Span, StateSpan, Through

Stretch = TypeVar("Stretch", Span, StateSpan, Forced)

_APART = 32
"""Points that differ with fewer than so many between them are one stretch."""


class Picture(NamedTuple):
    """A drawing with all that goes through every plot."""

    drawing: Drawing
    marks: Sequence[Mark]
    through: Through


def changed_spans(before: Picture, after: Picture, start_s: float) -> list[Span] | None:
    """The stretches from `start_s` on that look different; `None` where everything may.

    Both are of the same scale. What only left the picture at `start_s` is no difference.
    """
    old, new = before.drawing, after.drawing
    if _kinds(old) != _kinds(new):
        return None
    found: list[Span] = []
    for was, line in zip(old.lines, new.lines, strict=True):
        found += _points((was.x, was.y), (line.x, line.y), start_s, is_joined=True)
    for was_dots, dots in zip((*old.dots, *old.outliers), (*new.dots, *new.outliers), strict=True):
        found += _points((was_dots.x, was_dots.y), (dots.x, dots.y), start_s)
    for was_bars, bars in zip(old.bars, new.bars, strict=True):
        found += _wide(_points((was_bars.x, was_bars.y), (bars.x, bars.y), start_s), bars.width_s)
    if old.strip is not None and new.strip is not None:
        found += _wide(_points((old.strip.x, old.strip.x), (new.strip.x, new.strip.x), start_s), new.strip.width_s)
    found += _stretches(old.states, new.states, start_s)
    found += _stretches(old.gaps, new.gaps, start_s)
    found += _stretches(before.through.forced, after.through.forced, start_s)
    differing_x = {mark.x for mark in before.marks if not mark.is_opening}
    differing_x ^= {mark.x for mark in after.marks if not mark.is_opening}
    differing_x |= {note.x for note in set(before.through.notes).symmetric_difference(after.through.notes)}
    return [one for one in [*found, *(Span(x, x) for x in differing_x)] if one.end_s >= start_s]


def _stretches(were: Sequence[Stretch], are: Sequence[Stretch], start_s: float) -> list[Span]:
    """Those that differ, and what the left edge cuts: its text stands in the middle of what is left."""
    old, new = frozenset(were), frozenset(are)
    return [Span(one.start_s, one.end_s) for one in old | new if one.start_s < start_s or (one in old) != (one in new)]


def _kinds(drawing: Drawing) -> tuple[object, ...]:
    """What is painted, apart from where."""
    strip = drawing.strip
    return (
        [(line.role, line.label, line.series) for line in drawing.lines],
        [(dots.role, dots.label, dots.series, dots.is_crowd) for dots in drawing.dots],
        [(dots.role, dots.label, dots.series) for dots in drawing.outliers],
        [(bars.role, bars.label, bars.width_s, bars.base) for bars in drawing.bars],
        None if strip is None else (strip.role, strip.width_s),
        drawing.levels,
        drawing.lanes,
    )


def _points(
    was: tuple[Floats, Floats], now: tuple[Floats, Floats], start_s: float, *, is_joined: bool = False
) -> list[Span]:
    """Where two series of points differ, their times rising; joined points differ up to their neighbours."""
    (old_x, old_y), (new_x, new_y) = was, now
    if not len(old_x) or not len(new_x):
        return [Span(float(x[0]), float(x[-1])) for x in (old_x, new_x) if len(x)]
    found: list[Span] = []
    gone = _offset(old_x, new_x)
    left_x, added_x = old_x[: max(0, gone)], new_x[: max(0, -gone)]
    found += [Span(float(x[0]), float(x[-1])) for x in (left_x[left_x >= start_s], added_x) if len(x)]
    old_x, old_y = old_x[len(left_x) :], old_y[len(left_x) :]
    new_x, new_y = new_x[len(added_x) :], new_y[len(added_x) :]
    count = min(len(old_x), len(new_x))
    x, y, was_y = new_x[:count], new_y[:count], old_y[:count]
    differs = (old_x[:count] != x) | ((was_y != y) & ~(np.isnan(was_y) & np.isnan(y)))
    reach = 1 if is_joined else 0
    for first, last in _clusters(np.flatnonzero(differs)):
        before, behind = max(0, first - reach), min(count - 1, last + reach)
        found.append(Span(float(min(old_x[before], new_x[before])), float(max(old_x[behind], new_x[behind]))))
    for longer_x in (old_x, new_x):
        if len(longer_x) > count:
            found.append(Span(float(longer_x[max(0, count - reach)]), float(longer_x[-1])))
    return found


def _offset(old_x: Floats, new_x: Floats) -> int:
    """How many of the old points left the picture: found by the first time that both have, past the cut edge."""
    if old_x[0] == new_x[0]:
        return 0
    anchor = int(np.searchsorted(new_x, new_x[0], "right"))
    if anchor == len(new_x):
        anchor = 0
    at = int(np.searchsorted(old_x, new_x[anchor]))
    return at - anchor


def _clusters(places: NDArray[np.intp]) -> Iterable[tuple[int, int]]:
    """First and last of places that are near to each other."""
    if not len(places):
        return []
    cuts = [0, *(np.flatnonzero(np.diff(places) > _APART) + 1).tolist(), len(places)]
    return [(int(places[first]), int(places[stop - 1])) for first, stop in pairwise(cuts)]


def _wide(spans: Iterable[Span], width_s: float) -> list[Span]:
    return [Span(one.start_s - width_s / 2, one.end_s + width_s / 2) for one in spans]
