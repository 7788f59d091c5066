"""Notes of the user, as lines through all plots."""

from wsmonitor.analysis.series.history import SessionHistory
from wsmonitor.plots.drawing import NoteMark, Span


def notes_within(session: SessionHistory, span: Span) -> tuple[NoteMark, ...]:
    """The notes about moments within `span`, in the order of these moments."""
    return tuple(
        NoteMark(note.at_s, note.text)
        for note in sorted(session.notes, key=lambda note: note.at_s)
        if span.start_s <= note.at_s < span.end_s
    )
