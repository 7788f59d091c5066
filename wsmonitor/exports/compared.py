"""Compares two recordings, or two periods of one: what `wsmonitor compare` and the window say of them."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from wsmonitor.analysis.runs.compare import Comparison, Outcomes, Run, compare
from wsmonitor.exports.source import Source
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent
from wsmonitor.recording import Replay
from wsmonitor.text.units import short_duration

Period = tuple[int, int]
"""From and to, on the clock of the events; the end is not in it."""
Report = Callable[[float], None]
"""Is told the share that is done, 0 to 1; raises a `WsmonitorError` to stop."""
_SHORTEST_NS = 1_000_000_000


class NothingToCompareError(WsmonitorError):
    """Two sides that have nothing in common, or one of which nothing is known."""


class Side(Struct, frozen=True):
    """A recording, or a period of it; `open` gives the source, in the thread that reads it."""

    title: str
    open: Callable[[], Source]
    period: Period | None = None


class Compared(Struct, frozen=True):
    """What differs, under the titles of both sides; `alone` are endpoints of one only, `problems` what is missing."""

    before: str
    after: str
    comparisons: tuple[Comparison, ...]
    alone: tuple[str, ...]
    problems: tuple[str, ...]


def compared(before: Side, after: Side, report: Report) -> Compared:
    """Read and compare both. Raises `NothingToCompareError`, `RecordingError`, and what `report` raises."""
    problems: list[str] = []
    outcomes = [
        _outcomes(before, problems, lambda share: report(share / 2)),
        _outcomes(after, problems, lambda share: report(0.5 + share / 2)),
    ]
    comparisons, alone = compare(outcomes[0], outcomes[1])
    if not comparisons:
        names = ", ".join(alone) or "none"
        raise NothingToCompareError(f"they have no endpoint in common (found: {names}); name them alike in both")
    return Compared(before.title, after.title, tuple(comparisons), tuple(alone), tuple(dict.fromkeys(problems)))


def _outcomes(side: Side, problems: list[str], report: Report) -> Outcomes:
    source = side.open()
    try:
        run = Run(source.start_ns, source.wall_ns, source.endpoints)
        end_ns = _fold(run, source, side, problems, report)
        problems += [f"{side.title}: {problem}" for problem in source.problems]
        return run.finished(source.end_ns if end_ns is None else end_ns)
    finally:
        if isinstance(source, Replay):
            source.close()


def _fold(run: Run, source: Source, side: Side, problems: list[str], report: Report) -> int | None:
    """Feed what counts; where only a period does, its end."""
    if side.period is None:
        for batch in _reported(source, report):
            run.feed(batch)
        return None
    start_ns, end_ns = max(side.period[0], source.start_ns), min(side.period[1], max(source.end_ns, source.start_ns))
    if end_ns - start_ns < _SHORTEST_NS:
        raise NothingToCompareError(f"{side.title}: nothing is known of this time{_kept(source)}")
    if start_ns - side.period[0] > _SHORTEST_NS:
        problems.append(f"{side.title}: only its last {short_duration(end_ns - start_ns)} are known{_kept(source)}")
    has_begun = False
    for batch in _reported(source, report):
        if not has_begun:
            run.feed([event for event in batch if event.at_ns < start_ns])
            has_begun = any(event.at_ns >= start_ns for event in batch)
            if has_begun:
                run.begin(start_ns)
        run.feed([event for event in batch if start_ns <= event.at_ns < side.period[1]])
    if not has_begun:
        run.begin(start_ns)
    return end_ns


def _reported(source: Source, report: Report) -> Iterator[list[AnyEvent]]:
    for batch in source.batches():
        yield batch
        if isinstance(source, Replay):
            report(source.progress)


def _kept(source: Source) -> str:
    """What would keep more, where the source is not a recording."""
    return "" if isinstance(source, Replay) else ": memory has the last minutes only; Record keeps all"
