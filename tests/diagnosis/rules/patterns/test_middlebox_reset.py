import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import all_findings, finding, found, pending
from wsmonitor.diagnosis.findings import Pending
from wsmonitor.settings.endpoint_settings import to_ns


def forgotten(history: History, gap_s: float, *, mechanism: str = "rst") -> None:
    """Quiet for so long, then a ping that is answered by the end."""
    line = history.line
    line.open()
    line.send(line.opened_s + 1, answer=b"ok")
    at_s = line.now_s + gap_s
    line.control(at_s, "tx", 9)
    line.close(at_s + line.round_trip_s, mechanism=mechanism)


def test_rst_upon_the_first_bytes_after_a_quiet_spell_is_a_middlebox() -> None:
    history = History("forgotten")
    for gap_s in (351, 360, 355):
        forgotten(history, gap_s)

    one = finding(history, "middlebox_reset")
    assert one.limit_ns == pytest.approx(to_ns(351), rel=0.01)
    assert "timing alone does not tell" in one.fix
    assert "idle_timeout" not in found(history)


def test_twice_is_not_enough() -> None:
    history = History("twice")
    for gap_s in (351, 360):
        forgotten(history, gap_s)

    assert pending(history, "middlebox_reset") == Pending(have=2, need=3)


def test_longer_quiet_spells_that_were_survived_contradict_it() -> None:
    history = History("survived")
    for gap_s in (100, 110, 105):
        history.line.open()
        history.line.send(history.line.opened_s + 200, answer=b"ok")
        at_s = history.line.now_s + gap_s
        history.line.control(at_s, "tx", 9)
        history.line.close(at_s + 0.02, mechanism="rst")

    assert "middlebox_reset" not in found(history)


def test_rst_of_busy_connections_is_no_middlebox() -> None:
    history = History("busy")
    for _ in range(6):
        history.line.open()
        for step in range(50):
            history.line.send(history.line.opened_s + 0.1 * step + 0.1, answer=b"ok")
        history.line.close(history.line.now_s + 0.01, mechanism="rst")

    assert "middlebox_reset" not in found(history)


def test_one_sort_of_message_after_short_spells_is_the_message() -> None:
    history = History("sort")
    for gap_s in (4, 5, 4.5):
        history.line.open()
        history.line.send(history.line.opened_s + 0.5, b"hello", answer=b"ok")
        history.line.send(history.line.opened_s + gap_s, b"oops")
        history.line.close(history.line.now_s + history.line.round_trip_s + 0.001, mechanism="rst")

    assert found(history) == {"message_triggers_close"}


def test_a_client_that_says_only_one_thing_does_not_tell_a_message_from_a_middlebox() -> None:
    history = History("only")
    for gap_s in (40, 45, 50):
        history.line.open()
        history.line.send(history.line.opened_s + gap_s, b"status")
        history.line.close(history.line.now_s + history.line.round_trip_s, mechanism="rst")

    assert found(history) == {"middlebox_reset"}


def test_no_nat_is_so_quick() -> None:
    history = History("quick")
    for gap_s in (3, 4, 3.5):
        forgotten(history, gap_s)

    one = finding(history, "middlebox_reset")
    assert one.confidence.value < 0.5
    assert "NAT" not in one.sentence


@pytest.mark.parametrize("end", ["our stop", "the server's Close"])
def test_a_close_that_got_through_after_a_longer_quiet_spell_contradicts_it(end: str) -> None:
    history = History("closed")
    for gap_s in (351, 360, 355):
        forgotten(history, gap_s)
    line = history.line
    line.open()
    line.send(line.opened_s + 1, answer=b"ok")
    if end == "our stop":
        line.stop(line.now_s + 500)
    else:
        line.close_code(line.now_s + 500, 1001)

    assert "middlebox_reset" not in {one.rule for one in all_findings(history)}


def test_a_stop_that_nobody_answered_contradicts_no_middlebox() -> None:
    history = History("unanswered")
    for gap_s in (351, 360, 355):
        forgotten(history, gap_s)
    line = history.line
    line.open()
    line.send(line.opened_s + 1, answer=b"ok")
    line.close(line.now_s + 500, by="stop", initiator="local", mechanism="close_frame", sent_code=1000)

    assert "middlebox_reset" in found(history)
