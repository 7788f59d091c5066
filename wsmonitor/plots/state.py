"""The state of the connection as a band."""

from dataclasses import replace

from wsmonitor.analysis.series.states import CALM_TO_ALARMING, Runs
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.facts.tap_events import LegSide
from wsmonitor.plots.curves import gaps_within
from wsmonitor.plots.drawing import Drawing, Plot, Span, StateSpan
from wsmonitor.text.units import duration

_LEGS: dict[LegSide, str] = {"client": "your client", "server": "server"}
_TEXT_PIXELS = 16
"""A stretch narrower than this has no room for even a short text."""


class StatePlot:
    """Equal neighbours are merged; a short outage is at least a pixel wide. Of a tap, each leg has a band."""

    id = "state"
    title = "State"
    unit = ""
    height = 0.8

    def draw(self, view: EndpointView, span: Span, pixels: int) -> Drawing:
        runs = view.history.states.read(span.start_s, span.end_s, pixels)
        pixel_s = (span.end_s - span.start_s) / max(1, pixels)
        read = {side: states.read(span.start_s, span.end_s, pixels) for side, states in view.history.legs.items()}
        legs = {_LEGS[side]: leg for side, leg in read.items()}
        bands = [state_spans(leg, pixel_s) for leg in legs.values()] or [state_spans(runs, pixel_s)]
        return Drawing(
            states=tuple(replace(stretch, lane=lane) for lane, band in enumerate(bands) for stretch in band),
            lanes=tuple(legs),
            gaps=gaps_within(view.history.session, span),
            summary=_summary(runs),
        )


PLOT: Plot = StatePlot()


def state_spans(runs: Runs, pixel_s: float) -> tuple[StateSpan, ...]:
    """Runs as spans; those with room for a text get one, such as `O open 61.0 s`."""
    spans = []
    for start, end, code in zip(runs.start.tolist(), runs.end.tolist(), runs.code.tolist(), strict=True):
        state = CALM_TO_ALARMING[code]
        if state is not None:
            has_room = end - start > _TEXT_PIXELS * pixel_s
            text = f"{state.letter} {state.value} {duration((end - start) * 1e9)}" if has_room else state.letter
            spans.append(StateSpan(start, end, state, text))
    return tuple(spans)


def _summary(runs: Runs) -> str:
    known = [(float(held_s), state) for held_s, state in zip(runs.held_s, CALM_TO_ALARMING, strict=True) if state]
    total = sum(held_s for held_s, _ in known)
    if not total:
        return "State: nothing known."
    longest = sorted((one for one in known if one[0] > 0), key=lambda one: -one[0])
    return f"State: {', '.join(f'{state.value} {_share(held_s / total)}' for held_s, state in longest)}."


def _share(share: float) -> str:
    """Never 100 % for something that was not always so, nor 0 % for something that was."""
    percent = 100 * share
    if percent > 99:
        return "100 %" if share == 1 else "over 99 %"
    return f"{percent:.0f} %" if percent >= 1 else "under 1 %"
