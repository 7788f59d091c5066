from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found
from wsmonitor.settings.endpoint_settings import AppHeartbeatConfig


def misses(number: int, *, pongs: bool = True, lag_s: float = 0.0) -> History:
    """An application heartbeat that is missed so often, while pings are answered."""
    line = History("app", app_heartbeat=AppHeartbeatConfig()).line
    line.open()
    line.answered(line.opened_s + 25, 0.03)
    for step in range(number):
        line.lost_ping(line.opened_s + 50 + 25 * step, consecutive=step + 1, kind="app", lag_s=lag_s)
    line.pings(line.opened_s + (200 if pongs else 45), 20)
    line.stay()
    return line.history


def test_an_application_that_misses_twice_while_pongs_come_is_unresponsive() -> None:
    one = finding(misses(2), "app_unresponsive", 250)

    assert "2 of its heartbeats" in one.sentence
    assert "a ping was answered" in one.evidence[1].text


def test_one_miss_is_not_enough() -> None:
    assert found(misses(1), 250) == set()


def test_without_pongs_it_is_not_the_application() -> None:
    assert found(misses(3, pongs=False), 250) == set()


def test_an_answer_withdraws_it() -> None:
    history = misses(3)
    history.line.answered(history.line.opened_s + 210, 0.03)
    history.line.stay()

    assert found(history, 260) == set()


def test_misses_during_our_own_lag_are_ours() -> None:
    assert found(misses(3, lag_s=9), 250) == {"local_stall"}
