"""The connections of an experiment as bars over their age: who lives, who ended, and when. Pure."""

from msgspec import Struct

from wsmonitor.analysis.experiments import ExperimentView
from wsmonitor.facts.answers import ExperimentLine
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import tenths

_GROUPS = {"S": "silent", "P": "pings", "U": "unsolicited pongs", "D": "messages", "control": "control"}
_LEAST_S = 1.0


class Bar(Struct, frozen=True):
    """One connection: `age_s` old, or as old as it became; `planned_s` is how long it was to be left alone."""

    age_s: float
    planned_s: float | None
    lives: bool
    how: str


class Group(Struct, frozen=True):
    """The connections on which the same is done, in the order in which they were opened."""

    name: str
    bars: tuple[Bar, ...]


class Ladder(Struct, frozen=True):
    """Groups from top to bottom, on an axis of so many seconds."""

    groups: tuple[Group, ...]
    span_s: float


def ladder(view: ExperimentView, now_ns: int) -> Ladder:
    """The picture of `view`; what lived when the experiment ended is as old as it was then."""
    now_ns = now_ns if view.ended_ns is None else view.ended_ns
    groups: dict[str, list[Bar]] = {}
    for line in view.lines:
        groups.setdefault(line.group, []).append(_bar(line, now_ns))
    bars = [bar for group in groups.values() for bar in group]
    longest_s = max((max(bar.age_s, bar.planned_s or 0.0) for bar in bars), default=0.0)
    named = tuple(Group(_GROUPS.get(name, visible(name, 24)), tuple(group)) for name, group in groups.items())
    return Ladder(named, max(_LEAST_S, longest_s))


def ladder_words(picture: Ladder) -> str:
    """`silent: 9 of 9 ended, the last at 60.1 s; pings: 3 live`: for screen readers and tests."""
    return "; ".join(map(_words, picture.groups))


def _bar(line: ExperimentLine, now_ns: int) -> Bar:
    until_ns = now_ns if line.ended_ns is None else line.ended_ns
    planned_s = None if line.planned_ns is None else line.planned_ns / 1e9
    return Bar(max(0.0, (until_ns - line.opened_ns) / 1e9), planned_s, line.ended_ns is None, visible(line.how, 80))


def _words(group: Group) -> str:
    ended = [bar for bar in group.bars if not bar.lives]
    if not ended:
        return f"{group.name}: {len(group.bars)} live"
    last = tenths(max(bar.age_s for bar in ended) * 1e9)
    return f"{group.name}: {len(ended)} of {len(group.bars)} ended, the last at {last}"
