from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found, past_findings


def openings(*fails: bool) -> History:
    history = History("rate")
    for fails_now in fails:
        if fails_now:
            history.line.fail("tcp", "strange: an error that no rule knows")
        else:
            history.line.open()
            history.line.close_code(history.line.opened_s + history.dice.uniform(5, 60), 1000, "")
    return history


def test_more_than_a_tenth_of_the_openings_failing_is_a_warning() -> None:
    one = finding(openings(*[False] * 9, True, True), "retry_rate")

    assert one.severity == "warning"
    assert "2 of the last 11 openings failed" in one.sentence


def test_a_tenth_is_not_more_than_a_tenth() -> None:
    assert found(openings(*[False] * 9, True)) == set()


def test_fewer_than_ten_openings_say_nothing() -> None:
    assert found(openings(True, True, False, True, False)) == set()


def test_openings_that_fail_while_we_wake_do_not_count() -> None:
    history = openings(*[False] * 9)
    woke_s = history.line.now_s + 10
    history.jump(woke_s, 3600)
    for number in range(4):
        history.line.fail("dns", "lookup failed: try again", at_s=woke_s + number)

    assert found(history) == {"sleep_wake"}


def test_openings_that_all_worked_for_long_since_resolve_it() -> None:
    history = openings(*[False] * 30, *[True] * 21)
    last_s = history.line.now_s
    history.line.open()
    history.line.stay()

    assert found(history, last_s + 240) == {"retry_rate"}
    past = {one.finding.rule: (one.how, one.reason) for one in past_findings(history, last_s + 700)}
    assert past["retry_rate"] == ("resolved", "not seen any more.")


def test_failures_that_come_rarely_are_waited_for() -> None:
    history = History("rarely")
    for _ in range(4):
        history.line.fail("tcp", "strange: an error that no rule knows")
        for _ in range(6):
            history.line.open()
            history.line.close_code(history.line.opened_s + 100, 1000, "")
    history.line.open()
    history.line.stay()

    assert "retry_rate" in found(history, history.line.now_s + 400)
