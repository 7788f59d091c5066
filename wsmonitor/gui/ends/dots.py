"""Ended connections as dots on a logarithmic axis, and how many lie where. Pure."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from msgspec import Struct

from wsmonitor.analysis.snapshot import Closure

Shape = Literal["circle", "square", "triangle", "diamond", "cross"]
_SHAPES: dict[str, Shape] = {"close_frame": "circle", "fin": "square", "rst": "triangle", "timeout": "diamond"}
BINS_A_DECADE = 12
_ROUND_S = (0.001, 0.01, 0.1, 1, 10, 60, 600, 3_600, 36_000, 86_400, 864_000)
_FEW = 2
_APART = 0.1
"""Fine ticks that are nearer to a round one, as a share of the axis, are left out."""
_NONE = 0.5
"""Where no message at all stands: a logarithmic axis has no zero."""


class Measure(Struct, frozen=True):
    """What the height of a dot says: `of` a closure, `None` where it is not known; `least` is the lower edge.

    `ticks` are round values, `fine_ticks` those between them for short axes.
    """

    title: str
    of: Callable[[Closure], float | None]
    least: float
    ticks: tuple[float, ...]
    fine_ticks: tuple[float, ...]
    tick_text: Callable[[float], str]
    usual: tuple[float, float]
    """The ends of an axis without a dot."""


class Dot(Struct, frozen=True):
    """One ended connection: when, how much on the axis, how, and whether that was a loss or forced."""

    closure: Closure
    value: float
    shape: Shape
    is_loss: bool


def dots(closures: Iterable[Closure], measure: Measure) -> list[Dot]:
    """A dot for each that can be measured, in the same order."""
    measured = ((one, measure.of(one)) for one in closures)
    return [
        Dot(one, max(measure.least, value), shape_of(one), one.verdict.is_loss)
        for one, value in measured
        if value is not None
    ]


def shape_of(closure: Closure) -> Shape:
    """How it ended, also for those who do not see the colour."""
    return _SHAPES.get(closure.verdict.mechanism, "cross")


class LogAxis(Struct, frozen=True):
    """From `low` to `high`, powers of ten at even distances."""

    low: float
    high: float
    measure: Measure

    def share(self, value: float) -> float:
        """0 at the lower end, 1 at the upper."""
        low, high = math.log10(self.low), math.log10(self.high)
        return (math.log10(max(self.low, value)) - low) / (high - low)

    @property
    def ticks(self) -> list[float]:
        """Round values within it."""
        coarse, fine = (
            [tick for tick in ticks if self.low <= tick <= self.high]
            for ticks in (self.measure.ticks, self.measure.fine_ticks)
        )
        if len(coarse) > _FEW:
            return coarse
        kept = list(coarse)
        kept += [tick for tick in fine if all(abs(self.share(tick) - self.share(one)) >= _APART for one in coarse)]
        return sorted({*kept})


def axis_of(shown: Sequence[Dot], measure: Measure) -> LogAxis:
    """Room for every dot, with air, and at least a decade."""
    values = [dot.value for dot in shown] or measure.usual
    low, high = min(values) / 2, max(values) * 2
    if high < 10 * low:
        middle = math.sqrt(low * high)
        low, high = middle / math.sqrt(10), middle * math.sqrt(10)
    return LogAxis(low, high, measure)


def histogram(shown: Iterable[Dot]) -> dict[int, int]:
    """Bin -> dots in it; bin `n` begins at 10 ** (n / BINS_A_DECADE). A limit is one long bar."""
    return dict(Counter(math.floor(math.log10(dot.value) * BINS_A_DECADE + 1e-9) for dot in shown))


def bin_edges(number: int) -> tuple[float, float]:
    """Where a bin of `histogram` begins and ends."""
    return 10 ** (number / BINS_A_DECADE), 10 ** ((number + 1) / BINS_A_DECADE)


def _lived(closure: Closure) -> float:
    return closure.verdict.life_ns


def _silent_rx(closure: Closure) -> float:
    return closure.verdict.silence_rx_ns


def _silent_tx(closure: Closure) -> float:
    return closure.verdict.silence_tx_ns


def _messages(closure: Closure) -> float | None:
    return closure.messages


def _time_text(value_ns: float) -> str:
    if value_ns < 1e9:
        return f"{round(value_ns / 1e6)} ms"
    seconds = round(value_ns / 1e9)
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"


def _count_text(value: float) -> str:
    return "none" if value < 1 else f"{round(value):,}"


def _of_time(title: str, of: Callable[[Closure], float | None]) -> Measure:
    ticks = tuple(seconds * 1e9 for seconds in _ROUND_S)
    fine = tuple(sorted({*ticks, *(step * 10.0**power for power in range(6, 11) for step in (2, 5))}))
    return Measure(title, of, 1e6, ticks, fine, _time_text, (1e9, 60e9))


_TENS = (_NONE, *(10.0**power for power in range(10)))
LIVED = _of_time("lived", _lived)
SILENT_RX = _of_time("silent, received", _silent_rx)
SILENT_TX = _of_time("silent, sent", _silent_tx)
MESSAGES = Measure(
    title="messages",
    of=_messages,
    least=_NONE,
    ticks=_TENS,
    fine_ticks=tuple(sorted({*_TENS, *(step * tick for tick in _TENS[1:] for step in (2, 5))})),
    tick_text=_count_text,
    usual=(1, 1000),
)
MEASURES = (LIVED, SILENT_RX, SILENT_TX, MESSAGES)
