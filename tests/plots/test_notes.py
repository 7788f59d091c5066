from tests.analysis.facts import ns, opened, view
from wsmonitor.facts.events import Note
from wsmonitor.plots.drawing import NoteMark, Span
from wsmonitor.plots.notes import notes_within


def test_notes_stand_where_they_are_about_whenever_they_were_written() -> None:
    later = Note(at_ns=ns(50), text="deployed 1.4", moment_ns=ns(5))
    earlier = Note(at_ns=ns(60), text="proxy restarted", moment_ns=ns(3))

    session = view(opened(0), later, earlier).history.session

    assert notes_within(session, Span(0, 10)) == (NoteMark(3.0, "proxy restarted"), NoteMark(5.0, "deployed 1.4"))
    assert notes_within(session, Span(4, 5)) == ()


def test_a_note_is_plain_text_of_bounded_length() -> None:
    session = view(opened(0), Note(at_ns=ns(5), text="a\x1b" + "x" * 1000, moment_ns=ns(5))).history.session

    (note,) = notes_within(session, Span(0, 10))

    assert "\x1b" not in note.text
    assert len(note.text) <= 210
