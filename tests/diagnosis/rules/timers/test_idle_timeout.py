import pytest

from tests.corpus.history import QUIET, History, ns
from tests.diagnosis.rules.judging import all_findings, finding, found, pending
from wsmonitor.diagnosis.findings import Pending
from wsmonitor.facts.events import ProbeLost
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


@pytest.mark.parametrize("is_stopped", [False, True], ids=["open", "stopped by us"])
def test_a_heartbeat_that_prevents_it_lets_it_go(is_stopped: bool) -> None:
    line = History("mended", ping=PingConfig(interval_s=20)).line
    for busy in (2, 3, 4, 5):
        line.open()
        line.pings(line.opened_s + 20 * busy + 1, 20)
        line.close(line.now_s + 60)
    line.open()
    line.pings(line.opened_s + 500, 20)
    if is_stopped:
        line.stop(line.now_s + 1)
    else:
        line.stay()

    assert found(line.history, line.now_s) == set()


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


def end_after_silence(history: History, silence_s: float, how: str) -> None:
    """A connection that was quiet for that long when something else than silence ended it."""
    line = history.line
    line.open()
    line.send(line.opened_s + 1, answer=b"ok")
    at_s = line.now_s + silence_s
    match how:
        case "our stop":
            line.stop(at_s)
        case "our stop, unanswered":
            line.close(at_s, by="stop", initiator="local", mechanism="close_frame", sent_code=1000)
        case "forced":
            line.disrupt(at_s, "tcp_reset")
            line.close(at_s, by="disruption", initiator="local", mechanism="rst", forced="tcp_reset")
        case "a restart of the server":
            line.close_code(at_s, 1001)
        case "the heartbeat gave up":
            line.give_up(at_s)
        case "stalled":
            line.disrupt(at_s - silence_s, "stall")
            line.close(at_s, by="stop", initiator="local", mechanism="close_frame", sent_code=1000, forced="stall")


@pytest.mark.parametrize("how", ["our stop", "our stop, unanswered", "forced", "a restart of the server"])
@pytest.mark.parametrize("ends", [4, 2], ids=["stated", "asked for"])
def test_a_silence_that_was_survived_counts_however_the_connection_ended(how: str, ends: int) -> None:
    history = quiet_ends(7, (3, 9, 20, 5)[:ends])
    end_after_silence(history, 28, how)

    assert "idle_timeout" not in {one.rule for one in all_findings(history)}


@pytest.mark.parametrize("how", ["the heartbeat gave up", "stalled"])
def test_a_silence_in_which_no_end_could_arrive_contradicts_nothing(how: str) -> None:
    history = quiet_ends(7)
    end_after_silence(history, 28, how)

    assert "idle_timeout" in found(history)


def test_our_stop_before_the_limit_contradicts_nothing() -> None:
    history = quiet_ends(20)
    end_after_silence(history, 15, "our stop")

    assert "idle_timeout" in found(history)


def test_what_was_survived_still_counts_when_the_probe_is_lost() -> None:
    history = quiet_ends(20)
    line = history.line
    line.open()
    line.send(line.opened_s + 31, answer=b"still here")
    line.send(line.now_s + 31, answer=b"still here")
    line.stay()
    history.events.append(ProbeLost(at_ns=ns(line.now_s + 1), reason="killed"))
    line.open(line.now_s + 5)
    line.close(line.opened_s + 20)

    assert "idle_timeout" not in found(history)


def test_a_slot_that_was_quiet_all_the_time_speaks_against_it_after_our_stop_too() -> None:
    history = History("slots", ping=QUIET, connections=2)
    quiet, dropping = history.slot(1), history.line
    quiet.open(0.0)
    for busy_s in (3, 9, 20, 5):
        dropping.open(dropping.now_s + 0.5)
        for second in range(busy_s):
            dropping.send(dropping.opened_s + second + 1, answer=b"ok")
        dropping.close(dropping.now_s + 7)
    assert "idle_timeout" not in found(history)

    quiet.stop(dropping.now_s + 1)

    assert "idle_timeout" not in found(history)


@pytest.mark.parametrize("is_alike", [True, False])
def test_a_silence_as_long_as_the_servers_pings_are_apart_may_be_its_keepalive(*, is_alike: bool) -> None:
    history = History("its pings", ping=QUIET)
    for late_s in (0.0, 0.4, 0.2, 0.5, 0.1):
        line = history.line
        line.open()
        asked_s = line.opened_s + 11 + late_s
        line.control(asked_s, "rx", 9)
        line.control(asked_s + 0.001, "tx", 10)
        line.close(asked_s + (11 if is_alike else 17))

    one = finding(history, "idle_timeout")
    assert (
        "peer_keepalive_timeout" in [other.rule for other in one.also_considered if not other.ruled_out]
    ) == is_alike
    assert (one.confidence.value < 0.7) == is_alike


def test_the_reason_of_the_server_stands_in_the_sentence() -> None:
    history = History("says", ping=QUIET)
    for quiet_s in (3, 8, 5):
        line = history.line
        line.open()
        line.send(line.opened_s + quiet_s, answer=b"ok")
        line.close_code(line.opened_s + quiet_s + 20, 1000, "nobody here")

    assert "(the server says “nobody here”)" in finding(history, "idle_timeout").sentence


def test_silences_that_nearly_agree_while_lives_do_not_are_a_limit_that_is_drawn_anew() -> None:
    history = History("drawn", ping=QUIET)
    for busy_s, quiet_s in ((3, 9.6), (25, 10.9), (60, 10.2), (12, 9.1), (41, 10.7)):
        history.line.open()
        for step in range(int(busy_s / 2) + 1):
            history.line.send(history.line.opened_s + 2 * step, answer=b"ok")
        history.line.close(history.line.now_s + quiet_s)

    one = finding(history, "idle_timeout")
    assert "9.1 s to 10.9 s" in one.sentence
    assert 0.4 <= one.confidence.value < 0.8


def test_silences_that_nearly_agree_are_no_limit_where_longer_ones_were_survived() -> None:
    history = History("survived", ping=QUIET)
    for busy_s, quiet_s in ((3, 9.6), (25, 10.9), (60, 10.2), (12, 9.1), (41, 10.7)):
        history.line.open()
        history.line.send(history.line.opened_s + 14, answer=b"ok")
        history.line.send(history.line.opened_s + 14 + busy_s, answer=b"ok")
        history.line.close(history.line.now_s + quiet_s)

    assert "idle_timeout" not in found(history)


def test_silences_that_nearly_agree_are_no_limit_where_the_ends_keep_step_more_closely() -> None:
    history = History("step", ping=QUIET)
    for opened_s, end_s, quiet_s in (
        (10, 60, 10.2),
        (65, 120.35, 9.1),
        (145, 180, 10.9),
        (185, 240.35, 10.3),
        (270, 300, 9.9),
    ):
        history.line.open(opened_s)
        for number in reversed(range(int((end_s - quiet_s - opened_s) / 2))):
            history.line.send(end_s - quiet_s - 2 * number, answer=b"ok")
        history.line.close(end_s)

    assert "idle_timeout" not in found(history)
