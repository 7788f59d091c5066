"""Notes of the user, and alerts that were raised, as lines through all plots."""

from collections.abc import Sequence

from wsmonitor.analysis.series.history import SessionHistory
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.plots.drawing import NoteMark, Span
from wsmonitor.text.plain_text import visible


def notes_within(session: SessionHistory, span: Span) -> tuple[NoteMark, ...]:
    """The notes about moments within `span`, in the order of these moments."""
    return tuple(
        NoteMark(note.at_s, note.text)
        for note in sorted(session.notes, key=lambda note: note.at_s)
        if span.start_s <= note.at_s < span.end_s
    )


def alerts_within(snapshot: Snapshot, views: Sequence[EndpointView], span: Span) -> tuple[NoteMark, ...]:
    """The alerts of the endpoints of `views` that were raised within `span`, in order."""
    names = {view.name for view in views}
    times = ((snapshot.seconds(one.at_ns), one) for one in snapshot.alerts.changes)
    return tuple(
        NoteMark(at_s, f"\u25b2 {visible(one.rule, 60)}", is_alert=True)
        for at_s, one in times
        if one.raised and one.endpoint in names and span.start_s <= at_s < span.end_s
    )
