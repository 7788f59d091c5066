from tests.analysis.facts import closed, open_failed, view
from wsmonitor.plots.closures import MERGE_PIXELS, closure_marks, ending_marks, opening_marks
from wsmonitor.plots.drawing import Span

DAY_S = 86_400


def test_a_closure_is_a_mark_with_its_chip_and_its_words() -> None:
    (mark,) = closure_marks(view(closed(5)), Span(0, 10), 100)

    assert (mark.x, mark.text, mark.forced, mark.count) == (5.0, "FIN", False, 1)
    assert mark.tooltip == "#1 peer or proxy: FIN without a Close frame, after 60.0 s"


def test_a_forced_closure_says_so() -> None:
    forced = closed(5, initiator="local", mechanism="rst", by="disruption", forced="tcp_reset")

    (mark,) = closure_marks(view(forced), Span(0, 10), 100)

    assert (mark.text, mark.forced) == ("RST", True)


def test_closures_outside_the_span_have_no_mark() -> None:
    assert closure_marks(view(closed(5), closed(25)), Span(10, 20), 100) == ()


def test_marks_that_would_overlap_are_one_with_a_count() -> None:
    row = view(closed(5), closed(5.1), closed(5.2), closed(9))

    marks = closure_marks(row, Span(0, 10), 100)

    assert [(mark.x, mark.text, mark.count) for mark in marks] == [(5.0, "FIN ×3", 3), (9.0, "FIN", 1)]
    assert marks[0].tooltip.count("\n") == 2


def test_different_endings_in_one_place_are_counted_together() -> None:
    (mark,) = closure_marks(view(closed(5), closed(5.1, mechanism="rst", forced="stall")), Span(0, 10), 100)

    assert (mark.text, mark.forced, mark.count) == ("FIN · RST", False, 2)


def test_no_closure_of_a_day_is_left_out_and_marks_do_not_touch() -> None:
    row = view(*(closed(at) for at in range(0, DAY_S, 30)))

    marks = closure_marks(row, Span(0, DAY_S), 800)

    assert sum(mark.count for mark in marks) == DAY_S / 30
    assert len(marks) <= 800 / MERGE_PIXELS + 1
    assert marks[0].text.startswith("FIN ×")


def test_a_single_closure_is_visible_with_a_day_on_screen() -> None:
    (mark,) = closure_marks(view(closed(43_210)), Span(0, DAY_S), 800)

    assert mark.x == 43_210


def test_a_closure_that_stands_alone_has_its_layers_and_one_among_others_has_not() -> None:
    row = view(closed(5, mechanism="close_frame", received_code=1012), closed(9), closed(9.1))

    alone, together = closure_marks(row, Span(0, 10), 100)

    assert alone.details.startswith(alone.tooltip)
    assert "WebSocket: The peer sent Close 1012" in alone.details
    assert "received: 1012 service restart" in alone.details
    assert together.details == ""


def test_a_closure_that_is_remembered_no_more_borrows_no_words_from_a_later_one() -> None:
    row = view(*(closed(at) for at in range(0, 6_000, 10)))

    first = closure_marks(row, Span(0, 5), 100)[0]

    assert (first.text, first.tooltip, first.details) == ("FIN", "FIN", "")


def test_a_failed_opening_is_a_chip_without_a_line_and_says_who_stood_in_the_way() -> None:
    refused = open_failed(5, error="connection refused: nothing listens on that port")

    (mark,) = opening_marks(view(refused), Span(0, 10), 100)

    assert (mark.text, mark.is_opening) == ("✖ refused", True)
    assert mark.tooltip.startswith("not opened: host/firewall, refused")
    assert "TCP: Not connected" in mark.details


def test_failed_openings_of_one_place_are_counted_and_never_among_the_closures() -> None:
    row = view(closed(5), open_failed(5.1), open_failed(5.2), open_failed(5.3, status=403))

    closure, opening = ending_marks(row, Span(0, 10), 100)

    assert (closure.text, closure.is_opening) == ("FIN", False)
    assert (opening.text, opening.count) == ("✖ refused ×2 · HTTP 403", 3)
