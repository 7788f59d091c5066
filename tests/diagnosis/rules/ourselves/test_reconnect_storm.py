from typing import Any

from tests.corpus.history import History
from tests.diagnosis.rules.judging import all_findings, finding, found


def dials(history: History, times: int, *, pause_s: float, life_s: float, **verdict: Any) -> History:
    for _ in range(times):
        history.line.open(history.line.now_s + pause_s)
        history.line.close(history.line.opened_s + life_s * history.dice.uniform(0.5, 1.5), **verdict)
    return history


def test_ten_dials_a_minute_after_short_lives_are_a_storm() -> None:
    history = dials(History("storm"), 15, pause_s=0.5, life_s=0.8)

    assert finding(history, "reconnect_storm").severity == "info"


def test_dials_whose_cause_is_named_are_no_finding_of_their_own() -> None:
    history = History("cause")
    for _ in range(15):
        history.line.fail("tcp", "connection refused: nothing listens on that port", at_s=history.line.now_s + 0.5)

    rules = [one.rule for one in all_findings(history)]
    assert rules[0] == "refused"
    assert "reconnect_storm" not in rules


def test_dials_after_clean_ends_are_no_storm() -> None:
    history = dials(
        History("clean"), 15, pause_s=0.5, life_s=0.8, mechanism="close_frame", received_code=1000, received_reason=""
    )

    assert found(history) == set()


def test_dials_after_stable_lives_are_no_storm() -> None:
    assert "reconnect_storm" not in found(dials(History("stable"), 15, pause_s=0.1, life_s=12))


def test_a_storm_that_is_over_is_withdrawn() -> None:
    history = dials(History("over"), 15, pause_s=0.5, life_s=0.8)

    assert "reconnect_storm" not in found(history, history.line.now_s + 200)
