from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found, pending
from wsmonitor.diagnosis.findings import Pending


def lost(number: int, *, data: bool = True, first_pong: bool = False) -> History:
    """Pings without pongs; data flows or not."""
    line = History("pings").line
    line.open()
    if first_pong:
        line.ping(line.opened_s + 10)
    for step in range(number):
        line.lost_ping(line.opened_s + 20 * (step + 1), consecutive=step + 1)
        if data:
            line.receive(line.opened_s + 20 * (step + 1) + 5)
    line.stay()
    return line.history


def test_pings_that_are_never_answered_while_data_flows_are_ignored() -> None:
    one = finding(lost(3), "pings_ignored", 200)

    assert one.severity == "warning"
    assert "never answers a ping, though other bytes arrive" in one.sentence


def test_pongs_with_a_payload_that_was_never_sent_do_not_count() -> None:
    history = lost(4, data=False)
    for step in range(4):
        history.line.control(history.line.opened_s + 20 * (step + 1) + 1, "rx", 10)
    history.line.stay()

    assert "carry what we never sent" in finding(history, "pings_ignored", 200).sentence


def test_a_server_that_ever_answered_does_not_ignore_pings() -> None:
    assert found(lost(6, first_pong=True), 200) == set()


def test_without_any_bytes_it_is_silence_and_not_ignorance() -> None:
    assert found(lost(3, data=False), 200) == set()


def test_two_misses_ask_for_a_third() -> None:
    assert pending(lost(2), "pings_ignored") == Pending(have=2, need=3)


def late_pongs(number: int, *, kernel_s: float = 0.02, in_time: int = 0) -> History:
    """Pongs that come when their pings have counted as missed."""
    line = History("late").line
    line.open()
    for step in range(number):
        at_s = line.opened_s + 20 * (step + 1)
        line.lost_ping(at_s, consecutive=1, timeout_s=2)
        line.kernel(at_s + 2, rtt_s=kernel_s)
        line.late_pong(at_s, 3.0)
    for step in range(in_time):
        line.ping(line.opened_s + 20 * (number + step + 1))
    line.stay()
    return line.history


def test_pongs_that_always_come_too_late_are_named_with_their_time() -> None:
    one = finding(late_pongs(4), "pings_ignored", 200)

    assert "only after 3.0 s" in one.sentence
    assert len(one.evidence) == 4


def test_late_pongs_on_a_slow_path_are_not_the_servers_doing() -> None:
    assert found(late_pongs(6, kernel_s=2.9), 200) == set()


def test_some_late_pongs_among_many_in_time_are_no_habit() -> None:
    assert found(late_pongs(4, in_time=4), 300) == set()


def test_a_server_that_answers_close_but_no_ping_ignores_pings() -> None:
    line = History("close answered").line
    line.open()
    for step in range(3):
        line.lost_ping(line.opened_s + 20 * (step + 1), consecutive=step + 1)
    line.close(
        line.opened_s + 70, by="heartbeat", initiator="local", mechanism="timeout", sent_code=4000, received_code=4000
    )

    one = finding(line.history, "pings_ignored")
    assert "never answers a ping, though it answers our Close" in one.sentence
    assert "our Close was answered all the same" in one.evidence[0].text
