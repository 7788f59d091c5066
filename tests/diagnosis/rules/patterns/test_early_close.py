from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found, pending
from wsmonitor.diagnosis.findings import Pending


def early(history: History, times: int) -> None:
    for _ in range(times):
        history.line.open()
        history.line.close(history.line.opened_s + 0.005)


def test_two_connections_gone_at_once_are_an_early_close() -> None:
    history = History("early")
    early(history, 2)

    one = finding(history, "early_close")
    assert one.severity == "problem"
    assert "nothing sent" in one.evidence[0].text


def test_one_is_not_enough() -> None:
    history = History("one")
    early(history, 1)

    assert found(history) == set()
    assert pending(history, "early_close") == Pending(have=1, need=2)


def test_a_first_message_of_ours_is_counter_evidence() -> None:
    history = History("preamble")
    for _ in range(3):
        history.line.open()
        history.line.send(history.line.opened_s + 0.001)
        history.line.close(history.line.opened_s + 0.01)

    assert "our first message" in finding(history, "early_close").counter_evidence[0].text


def test_a_long_life_in_between_breaks_the_row() -> None:
    history = History("between")
    for life_s in (0.01, 90, 0.01, 70):
        history.line.open()
        history.line.close(history.line.opened_s + life_s)

    assert "early_close" not in found(history)


def test_an_early_close_frame_states_itself() -> None:
    history = History("coded")
    for _ in range(3):
        history.line.open()
        history.line.close_code(history.line.opened_s + 0.01, 1008, "token expired")

    assert found(history) == {"policy_refusal"}


def test_a_connection_that_lives_on_settles_it() -> None:
    history = History("settled")
    early(history, 3)
    history.line.open()
    history.line.pings(history.line.opened_s + 100, 20)
    history.line.stay()

    assert found(history, history.line.now_s) == set()


def test_two_early_ends_among_lives_that_are_short_anyway_are_in_doubt() -> None:
    history = History("short anyway")
    for life_s in (0.6, 1.9, 0.3, 0.8, 1.1, 0.4, 0.2, 0.9, 0.09, 0.08):
        history.line.open()
        history.line.close(history.line.opened_s + life_s)

    one = finding(history, "early_close")
    assert one.confidence.value < 0.5
    assert "chance" in one.counter_evidence[0].text


def test_a_message_before_each_early_end_leaves_it_in_doubt() -> None:
    history = History("spoke")
    for _ in range(12):
        history.line.open()
        history.line.send(history.line.opened_s + 0.001)
        history.line.close(history.line.opened_s + 0.01)

    assert finding(history, "early_close").confidence.value < 0.5
