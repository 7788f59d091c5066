"""What a benchmark says: ours against a reference, measured in turns on the same machine."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter_ns


@dataclass(frozen=True)
class Row:
    """One line of the table. `ours` and `reference` are nanoseconds per operation; less is better."""

    name: str
    ours_ns: float
    reference_ns: float
    goal: float
    """The ratio ours / reference is to stay at or below this."""

    @property
    def ratio(self) -> float:
        """Ours in units of the reference."""
        return self.ours_ns / self.reference_ns

    @property
    def ok(self) -> bool:
        """True where the goal is met."""
        return self.ratio <= self.goal


def best_ns(operation: Callable[[], object], per: int = 1, rounds: int = 200) -> float:
    """Nanoseconds of the fastest of `rounds` calls, divided by `per`: the least disturbed one."""
    fastest_ns = min(_once_ns(operation) for _ in range(rounds))
    return fastest_ns / per


def _once_ns(operation: Callable[[], object]) -> int:
    start_ns = perf_counter_ns()
    operation()
    return perf_counter_ns() - start_ns
