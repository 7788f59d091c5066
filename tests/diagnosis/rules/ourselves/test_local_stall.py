from typing import Any

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


def lost_while_stopped(history: History, gap_s: float, **verdict: Any) -> None:
    line = history.line
    line.open()
    line.pings(line.opened_s + 59, 20)
    woke_s = line.now_s + gap_s + 5
    history.jump(woke_s, gap_s, "stall")
    line.close(woke_s + 0.1, **verdict)


def test_what_the_peer_ended_while_we_were_stopped_is_our_own_stall() -> None:
    history = History("stopped")
    lost_while_stopped(history, 60)

    one = finding(history, "local_stall")
    assert "this process was stopped for 60.0 s" in one.evidence[0].text


def test_keepalive_timeouts_of_the_peer_after_our_stop_are_not_told_as_its_fault() -> None:
    history = History("1011")
    lost_while_stopped(
        history, 60, mechanism="close_frame", received_code=1011, received_reason="keepalive ping timeout"
    )

    assert found(history) == {"local_stall"}


def test_a_miss_during_our_own_lag_is_ours() -> None:
    line = History("lag").line
    line.open()
    line.pings(line.opened_s + 59, 20)
    line.lost_ping(line.opened_s + 60, lag_s=6)
    line.stay()

    assert found(line.history, line.now_s + 20) == {"local_stall"}


def test_a_short_lag_explains_nothing() -> None:
    history = History("short")
    line = history.line
    line.open()
    line.pings(line.opened_s + 59, 20)
    history.lag(line.now_s + 3, 0.4)
    line.close(line.now_s + 4)

    assert "local_stall" not in found(history)


def test_a_stall_long_before_the_end_explains_nothing() -> None:
    history = History("before")
    line = history.line
    line.open()
    history.jump(line.opened_s + 30, 20, "stall")
    line.pings(line.opened_s + 600, 20)
    line.close(line.opened_s + 605)

    assert "local_stall" not in found(history)


def test_what_ends_so_without_a_stall_as_well_is_not_put_down_to_one() -> None:
    history = History("usual")
    code = {"mechanism": "close_frame", "received_code": 1011}
    for gap_s in (0, 0, 1.1, 0):
        if gap_s:
            lost_while_stopped(history, gap_s, **code)
        else:
            history.line.open()
            history.line.close(history.line.opened_s + history.line.dice.uniform(5, 60), **code)

    assert "local_stall" not in found(history)


def test_a_stop_of_a_second_is_only_likely_to_have_cost_a_connection() -> None:
    short, long = History("short stop"), History("long stop")
    lost_while_stopped(short, 1.5)
    lost_while_stopped(long, 20)

    assert finding(short, "local_stall").confidence.value < 0.8
    assert finding(long, "local_stall").confidence.value >= 0.9
