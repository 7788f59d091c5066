"""What a benchmark says: ours against a reference, measured in turns on the same machine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter_ns


@dataclass(frozen=True)
class Row:
    """One line of the table; less is better.

    Without a `reference` the goal is a bound for `ours`, with one for the ratio. A `figure` is only told: it
    has no goal. `note` says what a reader needs to know, or why it could not be measured.
    """

    name: str
    ours: float | None
    unit: str
    reference: float | None = None
    goal: float | None = None
    at_least: bool = False
    """The goal is a lower bound."""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours in units of the reference."""
        return None if self.ours is None or not self.reference else self.ours / self.reference

    @property
    def ok(self) -> bool | None:
        """True where the goal is met; `None` where there is none, or nothing was measured."""
        value = self.ours if self.reference is None else self.ratio
        if value is None or self.goal is None:
            return None
        return value >= self.goal if self.at_least else value <= self.goal


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def middle(values: Sequence[float]) -> float:
    """The median of some rounds."""
    return median(values)


def best_ns(operation: Callable[[], object], per: int = 1, rounds: int = 200) -> float:
    """Nanoseconds of the fastest of `rounds` calls, divided by `per`: the least disturbed one."""
    fastest_ns = min(_once_ns(operation) for _ in range(rounds))
    return fastest_ns / per


def _once_ns(operation: Callable[[], object]) -> int:
    start_ns = perf_counter_ns()
    operation()
    return perf_counter_ns() - start_ns
