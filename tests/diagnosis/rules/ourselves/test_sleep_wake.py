from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


def test_a_connection_lost_over_a_sleep_is_put_down_to_it_as_information() -> None:
    history = History("sleep")
    line = history.line
    line.open()
    line.pings(line.opened_s + 99, 20)
    history.jump(line.now_s + 5, 3600)
    line.close(line.now_s + 5.5, mechanism="rst")

    one = finding(history, "sleep_wake")
    assert one.severity == "info"
    assert found(history) == {"sleep_wake"}


def test_a_lookup_that_fails_right_after_the_wake_is_put_down_to_it() -> None:
    history = History("lookup")
    history.jump(50, 3600)
    for _ in range(3):
        history.line.fail("dns", "lookup failed: Temporary failure in name resolution", at_s=51)

    assert found(history) == {"sleep_wake"}


def test_a_sleep_that_the_connection_survived_explains_no_later_end() -> None:
    history = History("survived")
    line = history.line
    line.open()
    history.jump(line.opened_s + 30, 100)
    line.pings(line.opened_s + 300, 20)
    line.close(line.opened_s + 305)

    assert "sleep_wake" not in found(history)


def test_a_clock_that_was_set_is_no_sleep() -> None:
    history = History("step")
    line = history.line
    line.open()
    history.jump(line.opened_s + 30, 3600, "step")
    line.close(line.opened_s + 31)

    assert "sleep_wake" not in found(history)
