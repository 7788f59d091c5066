from typing import Any

import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import all_findings, finding, found, pending
from wsmonitor.diagnosis.findings import Pending


def short_lives(history: History, times: int, **verdict: Any) -> History:
    for number in range(times):
        history.line.open()
        history.line.receive(history.line.opened_s + 0.01, b'{"type":"error"}')
        history.line.close(history.line.opened_s + 0.2 + 0.11 * number, **verdict)
    return history


def test_three_short_lives_in_a_row_are_a_loop_and_show_the_first_message() -> None:
    one = finding(short_lives(History("loop"), 3), "connect_loop")

    assert "error" in one.evidence[0].text
    assert one.sentence.endswith("nothing says why."), "a bare FIN gives no reason"


def test_two_ask_for_a_third() -> None:
    assert pending(short_lives(History("two"), 2), "connect_loop") == Pending(have=2, need=3)


@pytest.mark.parametrize("code", [1000, 1001])
def test_clean_short_lives_are_no_loop(code: int) -> None:
    history = short_lives(History("clean"), 6, mechanism="close_frame", received_code=code, received_reason="")

    assert found(history) == set()


def test_a_stated_refusal_goes_first() -> None:
    history = short_lives(
        History("refusal"), 4, mechanism="close_frame", received_code=1008, received_reason="bad token"
    )

    assert found(history) == {"policy_refusal"}


def test_forced_short_lives_are_no_loop() -> None:
    history = short_lives(History("forced"), 5, by="disruption", initiator="local", forced="tcp_reset")

    assert all_findings(history) == ()


def test_longer_lives_are_no_loop() -> None:
    history = History("longer")
    for number in range(5):
        history.line.open()
        history.line.close(history.line.opened_s + 2 + 3.3 * number)

    assert "connect_loop" not in found(history)


def test_three_lives_that_random_ends_would_often_give_are_in_doubt() -> None:
    history = History("random")
    for life_s in (0.9, 0.4, 0.7):
        history.line.open()
        history.line.close(history.line.opened_s + life_s)

    one = finding(history, "connect_loop")
    assert one.confidence.value < 0.5
    assert "random" in one.counter_evidence[0].text


def test_handlers_that_fail_say_so_with_1011() -> None:
    history = short_lives(History("handler"), 4, mechanism="close_frame", received_code=1011, received_reason="")

    one = finding(history, "connect_loop")
    assert "handler fails right after accepting" in one.sentence
    assert "credentials" not in one.fix


def test_a_message_of_one_sort_before_each_end_may_be_the_cause() -> None:
    history = History("sent")
    for _ in range(5):
        history.line.open()
        history.line.send(history.line.opened_s + 0.001, b"hello")
        history.line.close(history.line.opened_s + 0.2)

    one = finding(history, "connect_loop")
    assert one.confidence.value < 0.5
    assert "message of ours" in one.counter_evidence[0].text


def test_a_connection_that_lived_until_we_stopped_it_is_the_end_of_the_loop() -> None:
    history = short_lives(History("over"), 3)
    history.line.open()
    history.line.stop(history.line.opened_s + 20)

    assert "connect_loop" not in found(history)


def test_connections_that_ended_in_one_moment_are_one_short_life() -> None:
    history = History("moment")
    for number in range(3):
        line = history.slot(number) if number else history.line
        line.open(1 + 0.01 * number)
        line.close(1.2 + 0.01 * number)

    assert pending(history, "connect_loop") == Pending(have=1, need=3)
