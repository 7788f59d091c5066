from tests.corpus.history import QUIET, History
from tests.diagnosis.rules.judging import finding, found
from wsmonitor.settings.endpoint_settings import PingConfig


def races(interval_s: float, limit_s: float) -> History:
    line = History("race", ping=PingConfig(interval_s=interval_s)).line
    for won in (0, 2, 1, 3):
        line.open()
        line.pings(line.opened_s + interval_s * won + 1, interval_s)
        line.close(max(line.now_s, line.opened_s) + limit_s)
    return line.history


def test_a_ping_as_rare_as_the_limit_is_a_race() -> None:
    one = finding(races(60, 59.98), "keepalive_race")

    assert one.severity == "warning"
    assert "Beat at most every 30.0 s" in one.fix


def test_a_ping_far_rarer_than_the_limit_does_not_race() -> None:
    history = History("rare", ping=PingConfig(interval_s=300))
    for busy_s in (3, 9, 20, 5):
        history.line.open()
        history.line.send(history.line.opened_s + busy_s, answer=b"ok")
        history.line.close(history.line.now_s + 60)

    assert found(history) == {"idle_timeout"}


def test_without_a_heartbeat_nothing_races() -> None:
    history = History("none", ping=QUIET)
    for busy_s in (3, 9, 20, 5):
        history.line.open()
        history.line.send(history.line.opened_s + busy_s, answer=b"ok")
        history.line.close(history.line.now_s + 20)

    assert found(history) == {"idle_timeout"}


def test_a_race_is_never_surer_than_the_limit_it_is_run_against() -> None:
    history = History("surer", ping=PingConfig(interval_s=13))
    line = history.line
    for number in range(6):
        line.open()
        beats = 2 + number % 3
        line.pings(line.opened_s + 13 * beats + 1, 13)
        line.close(line.opened_s + 13 * beats + line.round_trip_s + 13 + line.dice.uniform(0, 0.05))

    race, limit = finding(history, "keepalive_race"), finding(history, "idle_timeout")
    assert race.confidence.value <= limit.confidence.value
