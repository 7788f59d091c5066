"""Which stretch of time the plots show: follows live, or stays where the user looks. Pure."""

import math

from msgspec import Struct
from msgspec.structs import replace

from wsmonitor.plots.drawing import Span

WINDOWS_S: tuple[float | None, ...] = (30.0, 60.0, 300.0, 900.0, 3600.0, None)
"""The windows on offer; `None` is the whole session."""
SHORTEST_S = 0.2
LONGEST_S = 30 * 86400.0
_STEPS = 64
_GROWING = (30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0)


class TimeView(Struct, frozen=True):
    """Follows live over `window_s` (`None`: everything; growing with the session while `auto`).

    Once `held` is a span, the view stays there whatever arrives. Times are seconds since the
    session's start; a session shorter than its window fills it from the left.
    """

    window_s: float | None = 30.0
    auto: bool = True
    held: Span | None = None

    @property
    def is_live(self) -> bool:
        """True while the right edge is now."""
        return self.held is None

    def chosen_window_s(self, now_s: float) -> float | None:
        """The window in use, the growing one included."""
        if not self.auto:
            return self.window_s
        return next((window for window in _GROWING if now_s <= window), _GROWING[-1])

    @property
    def lit_window(self) -> int | None:
        """Which of the windows on offer is shown; `None` if none is, or one that nobody chose."""
        if self.auto:
            return None
        if self.held is None:
            return WINDOWS_S.index(self.window_s) if self.window_s in WINDOWS_S else None
        width_s = self.held.end_s - self.held.start_s
        windows = enumerate(WINDOWS_S)
        return next((number for number, one in windows if one is not None and math.isclose(one, width_s)), None)

    def span(self, now_s: float, pixels: int) -> Span:
        """What to show at `now_s` on `pixels` columns; live edges fall on whole pixels."""
        if self.held is not None:
            return self.held
        window = self.chosen_window_s(now_s) or max(30.0, _whole(now_s))
        if now_s <= window:
            return Span(0.0, window)
        pixel = window / max(1, pixels)
        end = -(-now_s // pixel) * pixel
        return Span(end - window, end)

    def follow(self) -> "TimeView":
        """Back to live; keeps the window."""
        return replace(self, held=None)

    def hold(self, now_s: float, pixels: int) -> "TimeView":
        """Stay where we are."""
        return replace(self, held=self.span(now_s, pixels))

    def choose(self, window_s: float | None, now_s: float) -> "TimeView":
        """Show `window_s` seconds: up to now where live, else around the middle of what is shown."""
        if self.held is None:
            return TimeView(window_s=window_s, auto=False)
        if window_s is None:
            return TimeView(window_s=None, auto=False)
        middle = (self.held.start_s + self.held.end_s) / 2
        return self._holding(Span(middle - window_s / 2, middle + window_s / 2), window_s, now_s)

    def pan(self, by_s: float, now_s: float, pixels: int) -> "TimeView":
        """Move by `by_s` seconds; reaching now again means live again."""
        span = self.span(now_s, pixels)
        width = span.end_s - span.start_s
        start = max(span.start_s + by_s, min(0.0, span.start_s))
        if start + width >= now_s and by_s > 0:
            return TimeView(window_s=width if self.window_s is not None else None, auto=self.auto)
        return self._holding(Span(start, start + width), self.window_s, now_s)

    def zoom(self, factor: float, at_s: float, now_s: float, pixels: int) -> "TimeView":
        """Show `factor` times as much time, with `at_s` staying under the pointer.

        A live view stays live while zooming out, or in at its right edge.
        """
        span = self.span(now_s, pixels)
        width = span.end_s - span.start_s
        new = min(max(width * factor, SHORTEST_S), LONGEST_S)
        at_edge = at_s >= min(span.end_s, now_s) - 0.05 * width
        if self.held is None and (factor > 1 or at_edge):
            return TimeView(window_s=new, auto=False)
        share = (at_s - span.start_s) / width
        start = at_s - share * new
        if factor > 1 and start + new >= now_s and start <= 0:
            return TimeView(window_s=new, auto=False)
        return self._holding(Span(start, start + new), new, now_s)

    def centre(self, at_s: float, now_s: float, pixels: int) -> "TimeView":
        """Hold the view around `at_s`, at the width in use."""
        span = self.span(now_s, pixels)
        half = (span.end_s - span.start_s) / 2
        return self._holding(Span(at_s - half, at_s + half), self.window_s, now_s)

    def show(self, span: Span) -> "TimeView":
        """Hold the view on exactly this stretch."""
        return TimeView(window_s=span.end_s - span.start_s, auto=False, held=span)

    def _holding(self, span: Span, window_s: float | None, now_s: float) -> "TimeView":
        if self.auto:
            window_s = self.chosen_window_s(now_s)
        return TimeView(window_s=window_s, auto=False, held=span)


def _whole(now_s: float) -> float:
    """A bit more than the whole session: it grows in steps, so that the picture stands still between them."""
    step = 2.0 ** math.floor(math.log2(max(now_s, 1.0))) / _STEPS
    return math.ceil(now_s / step) * step
