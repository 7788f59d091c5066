"""Ended connections as dots on a logarithmic axis, and how many lie where. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from wsmonitor.analysis.snapshot import Closure

Measure = Literal["lived", "silent, received", "silent, sent"]
MEASURES: tuple[Measure, ...] = ("lived", "silent, received", "silent, sent")
Shape = Literal["circle", "square", "triangle", "diamond", "cross"]
_SHAPES: dict[str, Shape] = {"close_frame": "circle", "fin": "square", "rst": "triangle", "timeout": "diamond"}
LEAST_NS = 1_000_000
"""What is shorter stands at the lower edge."""
BINS_A_DECADE = 12
_TICKS_NS = tuple(
    round(seconds * 1e9) for seconds in (0.001, 0.01, 0.1, 1, 10, 60, 600, 3_600, 36_000, 86_400, 864_000)
)
_FINE_NS = tuple(sorted({*_TICKS_NS, *(step * 10**power for power in range(6, 11) for step in (2, 5))}))
_FEW = 2


@dataclass(frozen=True)
class Dot:
    """One ended connection: when, how much on the axis, how, and whether that was a loss or forced."""

    closure: Closure
    value_ns: int
    shape: Shape
    is_loss: bool


def dots(closures: Iterable[Closure], measure: Measure) -> list[Dot]:
    """A dot for each, in the same order."""
    return [Dot(one, max(LEAST_NS, _value(one, measure)), shape_of(one), one.verdict.is_loss) for one in closures]


def shape_of(closure: Closure) -> Shape:
    """How it ended, also for those who do not see the colour."""
    return _SHAPES.get(closure.verdict.mechanism, "cross")


@dataclass(frozen=True)
class LogAxis:
    """From `low_ns` to `high_ns`, powers of ten at even distances."""

    low_ns: int
    high_ns: int

    def share(self, value_ns: int) -> float:
        """0 at the lower end, 1 at the upper."""
        low, high = math.log10(self.low_ns), math.log10(self.high_ns)
        return (math.log10(max(self.low_ns, value_ns)) - low) / (high - low)

    @property
    def ticks_ns(self) -> list[int]:
        """Round values within it."""
        coarse, fine = (
            [tick for tick in ticks if self.low_ns <= tick <= self.high_ns] for ticks in (_TICKS_NS, _FINE_NS)
        )
        return coarse if len(coarse) > _FEW else fine


def axis_of(shown: Sequence[Dot]) -> LogAxis:
    """Room for every dot, with air, and at least a decade."""
    values = [dot.value_ns for dot in shown] or [1_000_000_000, 60_000_000_000]
    low, high = float(min(values)) / 2, float(max(values)) * 2
    if high < 10 * low:
        middle = math.sqrt(low * high)
        low, high = middle / math.sqrt(10), middle * math.sqrt(10)
    return LogAxis(max(1, round(low)), round(high))


def histogram(shown: Iterable[Dot]) -> dict[int, int]:
    """Bin -> dots in it; bin `n` begins at 10 ** (n / BINS_A_DECADE) ns. A limit is one long bar."""
    return dict(Counter(math.floor(math.log10(dot.value_ns) * BINS_A_DECADE + 1e-9) for dot in shown))


def bin_edges_ns(number: int) -> tuple[int, int]:
    """Where a bin of `histogram` begins and ends."""
    return round(10 ** (number / BINS_A_DECADE)), round(10 ** ((number + 1) / BINS_A_DECADE))


def _value(closure: Closure, measure: Measure) -> int:
    verdict = closure.verdict
    if measure == "lived":
        return verdict.life_ns
    return verdict.silence_rx_ns if measure == "silent, received" else verdict.silence_tx_ns
