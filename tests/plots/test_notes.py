from msgspec.structs import replace

from tests.analysis.facts import NAME, ns, opened, snapshot, view
from wsmonitor.facts.events import AlertChanged, Note
from wsmonitor.plots.drawing import NoteMark, Span
from wsmonitor.plots.notes import alerts_within, notes_within


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


def test_an_alert_stands_where_it_was_raised_at_its_own_endpoint_only() -> None:
    raised = AlertChanged(at_ns=ns(5), endpoint=NAME, rule="slow\x1b", raised=True, text="p99 above 200 ms")
    over = replace(raised, at_ns=ns(7), raised=False)
    another = replace(raised, endpoint="chat")

    known = snapshot(opened(0), raised, over, another)
    marks = alerts_within(known, known.endpoints[:1], Span(0, 10))

    assert marks == (NoteMark(5.0, "▲ slow␛", is_alert=True),)
    assert [one.endpoint for one in known.alerts.raised] == ["chat"]
    assert [row.text for row in known.log.rows(1, 3)] == [
        "alert slow␛: p99 above 200 ms",
        "alert slow␛ is over: p99 above 200 ms",
    ]
