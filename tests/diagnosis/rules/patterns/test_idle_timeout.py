import pytest

from tests.corpus.history import QUIET, History
from tests.diagnosis.rules.judging import all_findings, finding, found, pending
from wsmonitor.diagnosis.findings import Pending
from wsmonitor.settings.endpoint_settings import PingConfig, to_ns


def quiet_ends(limit_s: float, busy_s: tuple[float, ...] = (3, 9, 20, 5)) -> History:
    """Each connection talks for a while and ends after the same silence."""
    history = History("idle", ping=QUIET)
    for until_s in busy_s:
        history.line.open()
        for step in range(int(until_s / 2) + 1):
            history.line.send(history.line.opened_s + 2 * step, answer=b"ok")
        history.line.close(history.line.now_s + limit_s)
    return history


@pytest.mark.parametrize("limit_s", [7, 13, 41, 60, 350])
def test_endings_after_the_same_silence_are_an_idle_timeout_of_that_length(limit_s: float) -> None:
    one = finding(quiet_ends(limit_s), "idle_timeout")

    assert one.limit_ns == pytest.approx(to_ns(limit_s), rel=0.01)
    assert one.severity == "problem"
    assert one.confidence.value > 0.8
    assert "in either direction" in one.sentence
    assert len(one.evidence) == 4
    assert one.counter_evidence == ()


def test_only_the_servers_silence_counts_where_we_went_on_talking() -> None:
    history = History("rx", ping=QUIET)
    for until_s in (3.0, 8.0, 15.0):
        history.line.open()
        history.line.send(history.line.opened_s + until_s, answer=b"ok")
        for step in range(1, 12):
            history.line.send(history.line.opened_s + until_s + (4.5 + 0.1 * until_s / 3) * step)
        history.line.close(history.line.opened_s + until_s + history.line.round_trip_s + 60)

    assert "from the server" in finding(history, "idle_timeout").sentence


def test_only_our_silence_counts_where_the_server_went_on_talking() -> None:
    history = History("tx", ping=QUIET)
    for until_s in (3.0, 8.0, 12.0):
        history.line.open()
        history.line.send(history.line.opened_s + until_s)
        for step in range(1, 30):
            history.line.receive(history.line.opened_s + step + 0.3)
        history.line.close(history.line.opened_s + until_s + 13)

    assert "from this side" in finding(history, "idle_timeout").sentence


def test_a_known_limit_is_a_hint_that_names_several_and_no_culprit() -> None:
    one = finding(quiet_ends(60), "idle_timeout")

    assert "nginx" in one.fix
    assert "timing alone does not tell" in one.fix
    assert "nginx" not in one.sentence


def test_silence_as_long_as_life_is_an_idle_timeout_with_at_most_70_percent() -> None:
    one = finding(quiet_ends(41, (0, 0, 0, 0, 0)), "idle_timeout")

    assert 0.6 < one.confidence.value <= 0.7
    assert "lifetime limit" in one.counter_evidence[0].text


def test_two_samples_ask_for_a_third() -> None:
    history = quiet_ends(41, (3, 9))

    assert found(history) == set()
    assert pending(history, "idle_timeout") == Pending(have=2, need=3)


def test_random_silences_are_no_idle_timeout() -> None:
    history = History("random", ping=QUIET)
    for _ in range(20):
        history.line.open()
        history.line.close(history.line.opened_s + history.dice.uniform(3, 80))

    assert found(history) == set()


def test_a_longer_silence_that_was_survived_withdraws_it() -> None:
    history = quiet_ends(20)
    history.line.open()
    history.line.send(history.line.opened_s + 31, answer=b"still here")
    history.line.send(history.line.now_s + 31, answer=b"still here")
    history.line.stay()

    assert found(history, history.line.now_s) == set()


def test_forced_endings_are_no_samples() -> None:
    history = History("forced", ping=QUIET)
    for _ in range(6):
        history.line.open()
        history.line.close(history.line.opened_s + 10, by="disruption", initiator="local", forced="tcp_close")

    assert all_findings(history) == ()


def test_a_heartbeat_that_prevents_it_lets_it_go() -> None:
    history = History("mended", ping=PingConfig(interval_s=20))
    line = history.line
    for busy in (2, 3, 4, 5):
        line.open()
        line.pings(line.opened_s + 20 * busy + 1, 20)
        line.close(line.now_s + 60)
    line.open()
    line.pings(line.opened_s + 500, 20)
    line.stay()

    assert found(history, line.now_s) == set()


def only_messages_count(history: History, limit_s: float, *, first_s: float | None = None) -> None:
    """A server that hangs up so long after our last message, whatever pings go on; we speak for a while."""
    line = history.line
    line.open()
    at_s = line.opened_s + (line.dice.uniform(0.2, limit_s) if first_s is None else first_s)
    line.send(at_s, b'{"type":"refresh"}', answer=b"ok")
    end_s = at_s + limit_s + line.dice.uniform(0, 0.02)
    line.pings(end_s, limit_s / 4.5)
    line.close(end_s)


def test_a_server_that_hears_only_our_messages_has_an_idle_limit_that_pings_do_not_help_against() -> None:
    history = History("messages", ping=PingConfig(interval_s=3))
    for _ in range(6):
        only_messages_count(history, 13)

    one = finding(history, "idle_timeout")
    assert one.limit_ns == pytest.approx(to_ns(13), rel=0.01)
    assert "pings do not count" in one.sentence
    assert "message of the application" in one.fix
    assert found(history) == {"idle_timeout"}


def test_where_the_age_agrees_as_closely_as_the_pause_in_our_messages_it_is_the_age() -> None:
    history = History("script", ping=PingConfig(interval_s=3))
    for _ in range(6):
        only_messages_count(history, 13, first_s=0.5)

    assert found(history) == {"lifetime_limit"}


def test_the_advice_does_not_pretend_to_know_the_interval_to_the_millisecond() -> None:
    history = quiet_ends(17.0031)

    assert "every 8.5 s" in finding(history, "idle_timeout").fix
