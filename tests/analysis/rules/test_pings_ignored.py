from tests.analysis.rules.judging import finding, found, pending
from tests.corpus.history import History
from wsmonitor.analysis.findings import Pending


def lost(number: int, *, data: bool = True, first_pong: bool = False) -> History:
    """Pings without pongs; data flows or not."""
    history = History("pings")
    line = history.line
    line.open()
    if first_pong:
        line.ping(line.opened_s + 10)
    for step in range(number):
        line.lost_ping(line.opened_s + 20 * (step + 1), consecutive=step + 1)
        if data:
            line.receive(line.opened_s + 20 * (step + 1) + 5)
    line.stay()
    return history


def test_pings_that_are_never_answered_while_data_flows_are_ignored() -> None:
    one = finding(lost(3), "pings_ignored", 200)

    assert one.severity == "warning"
    assert "never answers a ping" in one.sentence


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
