import pytest

from tests.analysis.facts import closed, message, ns, open_failed, snapshot
from wsmonitor.analysis.log import Log
from wsmonitor.facts.events import Control


def filled(rows: int, *, limit: int = 1000, limit_bytes: int = 10**9, payload_bytes: int = 0) -> Log:
    log = Log(limit=limit, limit_bytes=limit_bytes)
    for number in range(rows):
        log.append(message(number), payload_bytes)
    return log


def test_rows_are_numbered_from_zero_and_say_where_they_belong() -> None:
    log = Log(limit=10, limit_bytes=10)
    log.append(closed(1, slot=2))

    row = log.view().row(0)

    assert (row.number, row.at_ns, row.endpoint, row.slot, row.connection) == (0, ns(1), "voice", 2, 1)
    assert (row.severity, row.text) == ("warning", "peer or proxy: FIN without a Close frame, after 60.0 s")


def test_old_rows_go_and_numbers_stay() -> None:
    view = filled(10_000).view()

    assert view.end == 10_000
    assert 8_000 < view.first <= 9_000
    assert view.row(view.first).at_ns == ns(view.first)


def test_rows_go_earlier_where_their_payloads_take_too_much() -> None:
    view = filled(5_000, limit=100_000, limit_bytes=1_000_000, payload_bytes=1_000).view()

    assert view.end - view.first <= 1_000


def test_a_view_keeps_rows_that_the_log_let_go() -> None:
    log = filled(100)
    view = log.view()

    for number in range(10_000):
        log.append(open_failed(number))

    assert (view.first, view.end) == (0, 100)
    assert view.row(99).at_ns == ns(99)


def test_rows_are_clipped_to_what_there_is() -> None:
    view = filled(10).view()

    assert [row.number for row in view.rows(7, 99)] == [7, 8, 9]
    assert list(view.rows(-5, 0)) == []


@pytest.mark.parametrize("number", [-1, 10])
def test_a_row_outside_raises(number: int) -> None:
    with pytest.raises(IndexError, match="0 to 9"):
        filled(10).view().row(number)


def test_messages_are_counted_without_the_control_frames_among_them() -> None:
    pong = Control(at_ns=ns(2), endpoint="voice", direction="rx", opcode=10, payload=b"")

    shown = snapshot(message(1), pong, message(3), pong)

    assert (shown.messages.end, shown.messages.count(None), shown.messages.count({"voice"})) == (4, 2, 2)
