"""The state of the connection as a band."""

from msgspec.structs import replace

from wsmonitor.analysis.series.states import CALM_TO_ALARMING, Runs, StatesView
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.facts.tap_events import LegSide
from wsmonitor.plots.curves import gaps_within
from wsmonitor.plots.drawing import Drawing, Plot, Span, StateSpan
from wsmonitor.text.units import duration

_LEGS: dict[LegSide, str] = {"client": "your client", "server": "server"}
_TEXT_PIXELS = 16
"""A stretch narrower than this has no room for even a short text."""


def draw(view: EndpointView, span: Span, pixels: int) -> Drawing:
    """Equal neighbours are merged; a short outage is at least a pixel wide. Of a tap, each leg has a band."""
    legs = {_LEGS[side]: states for side, states in view.history.legs.items()}
    bands = [band(states, span, pixels) for states in legs.values() or [view.history.states]]
    return Drawing(
        states=tuple(replace(stretch, lane=lane) for lane, one in enumerate(bands) for stretch in one),
        lanes=tuple(legs),
        gaps=gaps_within(view.history.session, span),
        summary=_summary(view.history.states.read(span.start_s, span.end_s, pixels)),
    )


PLOT = Plot("state", "State", None, 0.8, draw)


def band(states: StatesView, span: Span, pixels: int) -> tuple[StateSpan, ...]:
    """The states over `span`; a stretch that has room for it says how long it held."""
    least_s = _TEXT_PIXELS * (span.end_s - span.start_s) / max(1, pixels)
    runs = states.read(span.start_s, span.end_s, pixels)
    return tuple(_told(one, states) if one.end_s - one.start_s > least_s else one for one in state_spans(runs))


def state_spans(runs: Runs) -> tuple[StateSpan, ...]:
    """Runs as spans, each with its letter."""
    spans = []
    for start, end, code in zip(runs.start.tolist(), runs.end.tolist(), runs.code.tolist(), strict=True):
        state = CALM_TO_ALARMING[code]
        if state is not None:
            spans.append(StateSpan(start, end, state, state.letter))
    return tuple(spans)


def _told(span: StateSpan, states: StatesView) -> StateSpan:
    """`O open 61.0 s`: how long it held, not how much of that is in sight or how wide it is drawn."""
    held = states.stretch((span.start_s + span.end_s) / 2)
    start_s, end_s = (span.start_s, span.end_s) if held is None else held
    length_s = (span.end_s if end_s is None else end_s) - start_s
    return replace(span, text=f"{span.state.letter} {span.state.value} {duration(length_s * 1e9)}")


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
        return "100%" if share == 1 else "over 99%"
    return f"{percent:.0f}%" if percent >= 1 else "under 1%"
