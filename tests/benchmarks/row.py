"""What a benchmark says: ours against a reference, measured in turns on the same machine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter_ns
from typing import Literal

PAIRS = 9
Answer = Literal["yes", "no", "unsure"]


@dataclass(frozen=True)
class Row:
    """One line of the table; less is better.

    Without a `reference` the goal is a bound for `ours`, with one for the ratio. A `figure` is only told: it
    has no goal. `note` says what a reader needs to know, or why it could not be measured. `spread` are the quarter
    and the three quarters of what the goal bounds, over rounds.
    """

    name: str
    ours: float | None
    unit: str
    reference: float | None = None
    goal: float | None = None
    at_least: bool = False
    """The goal is a lower bound."""
    note: str = ""
    spread: tuple[float, float] | None = None
    paired: float | None = None
    """The median of the ratios of pairs, where ours and the reference were measured in turn."""

    @property
    def ratio(self) -> float | None:
        """Ours in units of the reference."""
        if self.paired is not None:
            return self.paired
        return None if self.ours is None or not self.reference else self.ours / self.reference

    @property
    def ok(self) -> Answer | None:
        """Whether the goal is met; `unsure` where the rounds say both, `None` where there is no goal or no figure."""
        value = self.ours if self.reference is None else self.ratio
        if value is None or self.goal is None:
            return None
        answers = {self._meets(one) for one in (value, *(self.spread or ()))}
        return "unsure" if len(answers) > 1 else "yes" if answers.pop() else "no"

    def _meets(self, value: float) -> bool:
        assert self.goal is not None
        return value >= self.goal if self.at_least else value <= self.goal


def paired(
    name: str,
    ours: Sequence[float],
    reference: Sequence[float],
    unit: str,
    *,
    goal: float | None = None,
    at_least: bool = False,
    note: str = "",
) -> Row:
    """The row of rounds that ours and the reference took in turn: the ratio of each pair, its median and spread."""
    ratios = [one / other for one, other in zip(ours, reference, strict=True)]
    return Row(
        name,
        middle(ours),
        unit,
        reference=middle(reference),
        goal=goal,
        at_least=at_least,
        note=note,
        spread=spread(ratios),
        paired=middle(ratios),
    )


def bounded(name: str, rounds: Sequence[float], unit: str, *, goal: float | None = None, note: str = "") -> Row:
    """The row of a value that was measured in several rounds: its median and spread."""
    return Row(name, middle(rounds), unit, goal=goal, note=note, spread=spread(rounds))


def spread(values: Sequence[float]) -> tuple[float, float] | None:
    """The quarter and the three quarters; `None` for fewer than three values."""
    if len(values) < 3:
        return None
    low, _, high = quantiles(values, n=4, method="inclusive")
    return low, high


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def middle(values: Sequence[float]) -> float:
    """The median of some rounds."""
    return median(values)


def in_turns(
    name: str,
    ours: Callable[[], object],
    reference: Callable[[], object],
    *,
    per: int = 1,
    goal: float,
    calls: int = 25,
) -> Row:
    """The row of two operations, called in turn: of each pair the fastest of `calls`, divided by `per`."""
    pairs = [(best_ns(ours, per, calls), best_ns(reference, per, calls)) for _ in range(PAIRS)]
    return paired(name, [one for one, _ in pairs], [other for _, other in pairs], "ns", goal=goal)


def best_ns(operation: Callable[[], object], per: int = 1, rounds: int = 200) -> float:
    """Nanoseconds of the fastest of `rounds` calls, divided by `per`: the least disturbed one."""
    fastest_ns = min(_once_ns(operation) for _ in range(rounds))
    return fastest_ns / per


def _once_ns(operation: Callable[[], object]) -> int:
    start_ns = perf_counter_ns()
    operation()
    return perf_counter_ns() - start_ns
