"""The plots as plain text: what they show, for those who cannot see them and for pasting. Pure."""

from collections.abc import Iterator, Sequence

from wsmonitor.analysis.focus import focus_numbers
from wsmonitor.analysis.snapshot import Closure, EndpointView, Snapshot
from wsmonitor.gui.look import words
from wsmonitor.gui.look.moments import Moments
from wsmonitor.gui.look.words import endpoint_title
from wsmonitor.gui.time.focus_text import numbers_text
from wsmonitor.plots.drawing import Plot, Span
from wsmonitor.plots.forced import forced_stretches
from wsmonitor.plots.notes import alerts_within, notes_within
from wsmonitor.text import units
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_url

_MOST_CLOSURES = 30


def plots_in_words(
    snapshot: Snapshot, view: EndpointView, plots: Sequence[Plot], span: Span, *, moments: Moments, is_focus: bool
) -> str:
    """What the plots of `view` show over `span`: its period, every plot, its numbers, its closures one by one."""
    span = span.until(snapshot.seconds(snapshot.at_ns))
    return "\n".join(_lines(snapshot, view, plots, span, moments=moments, is_focus=is_focus))


def _lines(
    snapshot: Snapshot, view: EndpointView, plots: Sequence[Plot], span: Span, *, moments: Moments, is_focus: bool
) -> Iterator[str]:
    start_ns, end_ns = (snapshot.start_ns + round(at_s * 1e9) for at_s in (span.start_s, span.end_s))
    yield f"{endpoint_title(view)}, {visible(redact_url(view.url), 300)}"
    yield (
        f"{'Focus period' if is_focus else 'Shown'}: {moments.clock(snapshot, start_ns, digits=1)} to "
        f"{moments.clock(snapshot, end_ns, digits=1)} ({units.short_duration(end_ns - start_ns)})"
    )
    yield f"Now ({moments.clock(snapshot, snapshot.at_ns, digits=0)}): {view.state.value}, " + words.state_line(
        view, snapshot.at_ns
    )
    if span.end_s <= span.start_s:
        yield "Nothing of this period has happened yet."
        return
    yield ""
    yield from (_summary(plot, view, span) for plot in plots)
    yield f"Numbers: {numbers_text([focus_numbers(view.history, span.start_s, span.end_s)])}"
    for note in notes_within(view.history.session, span):
        yield f"Note at {_moment(snapshot, note.x, moments)}: {note.text}"
    for alert in alerts_within(snapshot, [view], span):
        yield f"Alert at {_moment(snapshot, alert.x, moments)}: {alert.text}"
    for forced in forced_stretches([view], span):
        yield f"From {_moment(snapshot, forced.start_s, moments)}: {forced.text}"
    yield ""
    yield from _closures(snapshot, view, start_ns, end_ns, moments)


def _moment(snapshot: Snapshot, at_s: float, moments: Moments) -> str:
    return moments.clock(snapshot, snapshot.start_ns + round(at_s * 1e9), digits=1)


def _summary(plot: Plot, view: EndpointView, span: Span) -> str:
    try:
        return plot.draw(view, span, 1000).summary
    except Exception as error:  # a broken plot is reported by the stack; the others still speak
        return f"{plot.title}: failed ({type(error).__name__}), see the log."


def _closures(snapshot: Snapshot, view: EndpointView, start_ns: int, end_ns: int, moments: Moments) -> Iterator[str]:
    """The newest closures of the period, in their order as everything else here."""
    mine = [
        closure
        for closure in snapshot.closures
        if (closure.endpoint, closure.slot) == view.key and start_ns <= closure.at_ns <= end_ns
    ]
    drops = sum(closure.verdict.is_loss for closure in mine)
    if not mine:
        yield "No closure in this period."
        return
    yield f"{units.counted(len(mine), 'closure')}, {drops} not asked for:"
    if len(mine) > _MOST_CLOSURES:
        yield f"- {len(mine) - _MOST_CLOSURES:,} before these"
    yield from (_closure(snapshot, closure, moments) for closure in mine[-_MOST_CLOSURES:])


def _closure(snapshot: Snapshot, closure: Closure, moments: Moments) -> str:
    _, _, sentence = words.closure_sentence(closure, snapshot.codes_of(closure.endpoint)).partition(" #")
    return f"- {moments.clock(snapshot, closure.at_ns)} #{sentence}"
