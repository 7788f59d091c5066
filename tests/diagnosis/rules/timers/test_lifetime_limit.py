import pytest

from tests.corpus.history import QUIET, History, Line
from tests.diagnosis.rules.judging import all_findings, finding, found, pending
from wsmonitor.diagnosis.findings import Pending
from wsmonitor.settings.endpoint_settings import to_ns


def busy(line: Line, life_s: float) -> None:
    """A connection with traffic all the time."""
    line.open()
    at_s = line.opened_s
    while (at_s := at_s + line.dice.uniform(0.2, 2)) < line.opened_s + life_s:
        line.send(at_s, answer=b"ok")


@pytest.mark.parametrize("limit_s", [7, 13, 30, 41])
def test_busy_connections_that_end_at_the_same_age_have_a_lifetime_limit(limit_s: float) -> None:
    history = History("lifetime")
    for _ in range(3):
        busy(history.line, limit_s)
        history.line.close(history.line.opened_s + limit_s)

    one = finding(history, "lifetime_limit")
    assert one.limit_ns == pytest.approx(to_ns(limit_s), rel=0.01)
    assert "No heartbeat helps" in one.fix


def test_an_age_at_which_nothing_was_ever_sent_may_be_a_silence_as_well() -> None:
    history = History("mute")
    for number in range(6):
        history.line.open()
        for beat in range(1, 4):  # pings leave, at other times on each
            history.line.ping(history.line.opened_s + beat * (2 + 0.3 * number), 0.001)
        history.line.close(history.line.opened_s + 12)

    one = finding(history, "lifetime_limit")
    assert one.confidence.value < 0.6
    assert "we sent no message on them" in one.sentence
    assert one.fix.startswith("Send a message every 6.0 s or less")
    assert "run the experiment “idle”: if" in one.fix, "reports and `watch` have no button to press"
    assert "idle_timeout" in [rival.rule for rival in one.also_considered if not rival.ruled_out]


def test_ends_of_one_age_are_all_counted_though_some_agree_more_closely() -> None:
    history = History("alike")
    for life_s in (75.4, 75.41, 75.4, 75.42, 75.41, 75.4, 75.4, 75.41, 75.4, 75.4, 75.55):
        busy(history.line, life_s)
        history.line.close(history.line.opened_s + life_s)

    one = finding(history, "lifetime_limit")
    assert [row.text for row in one.counter_evidence if "another age" in row.text] == []


def test_ages_without_a_pattern_are_no_lifetime_limit() -> None:
    history = History("ages")
    for _ in range(20):
        life_s = history.dice.uniform(5, 60)
        busy(history.line, life_s)
        history.line.close(history.line.opened_s + life_s)

    assert found(history) == set()


def test_a_connection_that_grew_older_withdraws_it() -> None:
    history = History("older")
    for _ in range(4):
        busy(history.line, 10)
        history.line.close(history.line.opened_s + 10)
    busy(history.line, 15)
    history.line.stay()

    assert "lifetime_limit" not in found(history, history.line.now_s)


@pytest.mark.parametrize("code", [1000, 1001, 1005, 1008, 3001, 4321])
def test_a_fixed_age_is_a_limit_whatever_code_ends_it(code: int) -> None:
    history = History("rotation")
    for _ in range(6):
        busy(history.line, 30)
        history.line.close_code(history.line.opened_s + 30, code)

    assert "lifetime_limit" in found(history)


def test_work_that_ends_regularly_at_ages_of_its_own_is_no_limit() -> None:
    history = History("jobs")
    for life_s in (12, 31, 7, 55, 22, 40, 15):
        busy(history.line, life_s)
        history.line.close_code(history.line.opened_s + life_s, 1000)

    assert found(history) == set()


def test_connections_that_end_in_one_moment_are_one_sample() -> None:
    history = History("moment", ping=QUIET)
    for number in range(4):
        line = history.slot(number)
        line.open(at_s=1.0)
        line.receive(5.0)
        line.close(31.0)

    assert "lifetime_limit" not in found(history)


def test_two_groups_of_ages_are_two_limits() -> None:
    history = History("two groups")
    for life_s in (30, 47, 30, 47, 47, 30, 30, 47):
        busy(history.line, life_s)
        history.line.close(history.line.opened_s + life_s)

    sentence = finding(history, "lifetime_limit").sentence
    assert "30.0 s or of 47.0 s" in sentence
    assert "two lifetime limits" in sentence


def test_ages_that_a_server_draws_anew_within_a_tenth_are_a_limit_with_jitter() -> None:
    history = History("jitter")
    for life_s in (30.1, 27.2, 32.8, 28.9, 31.5, 29.4):
        busy(history.line, life_s)
        history.line.close(history.line.opened_s + life_s)

    one = finding(history, "lifetime_limit")
    assert "drawn anew" in one.sentence
    assert one.confidence.value < 0.8


def test_an_older_connection_that_lives_is_no_victim_of_a_limit() -> None:
    history = History("older")
    elder = history.slot(1)
    elder.open(at_s=0.0)
    for _ in range(5):
        busy(history.line, 20)
        history.line.close(history.line.opened_s + 20)
    elder.receive(history.line.now_s)
    elder.stay()

    assert "lifetime_limit" not in found(history)


def test_two_equal_ages_ask_for_a_third() -> None:
    history = History("two")
    for _ in range(2):
        busy(history.line, 10)
        history.line.close(history.line.opened_s + 10)

    assert pending(history, "lifetime_limit") == Pending(have=2, need=3)


def test_the_rest_of_an_interval_is_no_idle_limit_where_whole_intervals_were_survived() -> None:
    history = History("phase")
    for _ in range(4):
        history.line.open()
        history.line.pings(history.line.opened_s + 30, 20)
        history.line.close(history.line.opened_s + 30)

    assert found(history) == {"lifetime_limit"}


def by_the_clock(history: History, step_s: float, number: int) -> None:
    """Everybody is dropped at the full minute, or what counts as one; we redial within half a second."""
    line = history.line
    line.open(1.0)
    for _ in range(number):
        end_s = (line.opened_s // step_s + 1) * step_s
        busy(line, end_s - line.opened_s)
        line.close(end_s + line.dice.uniform(0, 0.01))
        line.open(line.now_s + line.dice.uniform(0.1, 0.5))


@pytest.mark.parametrize("step_s", [20, 60, 300])
def test_ends_that_keep_the_clock_more_closely_than_the_age_are_no_lifetime(step_s: float) -> None:
    history = History("clock")
    by_the_clock(history, step_s, 9)

    assert "lifetime_limit" not in found(history)


def test_an_age_is_found_though_redialling_takes_as_long_each_time() -> None:
    line = History("redialled").line
    for _ in range(6):
        line.open(line.now_s + 0.25)
        busy(line, 20)
        line.close(line.opened_s + 20 + line.dice.uniform(0, 0.02))

    assert "lifetime_limit" in found(line.history)


def test_three_ages_that_agree_only_roughly_are_not_relied_on() -> None:
    history = History("roughly")
    for life_s in (20.0, 20.15, 20.1):
        busy(history.line, life_s)
        history.line.close(history.line.opened_s + life_s)

    assert all(one.confidence.value < 0.5 for one in all_findings(history))


def test_equal_numbers_received_by_then_leave_it_in_doubt() -> None:
    history = History("regular")
    for _ in range(6):
        history.line.open()
        for second in range(1, 21):
            history.line.receive(history.line.opened_s + second)
        history.line.pings(history.line.opened_s + 20, 1.7)
        history.line.close(history.line.opened_s + 20.001)

    one = finding(history, "lifetime_limit")
    assert one.confidence.value < 0.7
    assert "limit on their number" in one.counter_evidence[0].text


def test_equal_silences_by_then_leave_it_in_doubt() -> None:
    history = History("script", ping=QUIET)
    for _ in range(6):
        history.line.open()
        history.line.send(history.line.opened_s + 4, answer=b"ok")
        history.line.close(history.line.opened_s + 24.02)

    one = finding(history, "lifetime_limit")
    assert one.confidence.value < 0.7
    assert "equal silences of 20.0 s" in one.counter_evidence[0].text
    assert one.fix.startswith("If it is the age: no heartbeat helps")


@pytest.mark.parametrize("first", [b"", b'{"type":"subscribe"}'])
def test_where_our_messages_stopped_at_one_age_too_a_limit_on_them_stays_possible(first: bytes) -> None:
    history = History("first word")
    for _ in range(5):
        line = history.line
        line.open()
        if first:
            line.send(line.opened_s + 0.01, first)
        for at_s in (0.3, 0.8, 1.8, 3.8, 7.8):
            line.ping(line.opened_s + at_s + line.dice.uniform(0, 0.4))
        line.close_code(line.opened_s + 13, 1001)

    one = finding(history, "lifetime_limit")
    assert one.confidence.value < 0.8
    assert "idle_timeout" in [other.rule for other in one.also_considered if not other.ruled_out]


def test_an_end_with_the_same_code_that_came_a_little_late_did_not_outlive_the_limit() -> None:
    history = History("late")
    for extra_s in (0, 0.02, 0, 0.7, 0.01, 0):
        busy(history.line, 10)
        history.line.close_code(history.line.opened_s + 10 + extra_s, 4010)

    assert "lifetime_limit" in found(history)


def test_an_end_with_another_code_that_came_later_did_outlive_it() -> None:
    history = History("other")
    for extra_s in (0, 0.02, 0, 0.7, 0.01, 0):
        busy(history.line, 10)
        history.line.close_code(history.line.opened_s + 10 + extra_s, 4010 if extra_s < 0.1 else 1011)

    assert "lifetime_limit" not in found(history)


@pytest.mark.parametrize(("code", "times", "is_limit"), [(4010, 5, True), (1000, 5, False), (1000, 8, True)])
def test_ages_drawn_anew_within_a_tenth_are_a_limit_sooner_where_no_code_says_done(
    code: int, times: int, *, is_limit: bool
) -> None:
    history = History("jitter")
    for number in range(times):
        life_s = 20 * (0.91 + 0.18 * ((number * 0.618) % 1))
        busy(history.line, life_s)
        history.line.close_code(history.line.opened_s + life_s, code)

    assert ("lifetime_limit" in found(history)) == is_limit


def test_an_end_that_a_stall_of_ours_hid_for_a_while_contradicts_no_limit() -> None:
    history = History("hidden")
    for _ in range(4):
        busy(history.line, 7)
        history.line.close(history.line.opened_s + 7)
    busy(history.line, 6)
    history.line.disrupt(history.line.opened_s + 6.5, "stall")
    history.line.close(history.line.opened_s + 8.5)

    one = finding(history, "lifetime_limit")
    assert [row.text for row in one.counter_evidence if "another age" in row.text] == []


def test_a_busy_server_ends_those_that_say_nothing_a_little_early_or_late() -> None:
    mute, spoken = History("mute and loose"), History("spoken and loose")
    for number, life_s in enumerate((1.87, 1.81, 1.84, 1.86, 1.81, 1.84, 1.88)):
        for history in (mute, spoken):
            history.line.open()
            history.line.ping(history.line.opened_s + 0.2 + 0.13 * number, 0.001)
            if history is spoken:
                history.line.send(history.line.opened_s + 0.2)
            history.line.close_code(history.line.opened_s + life_s, 1000)

    one = finding(mute, "lifetime_limit")
    assert one.confidence.value <= 0.5
    assert {"idle_timeout", "first_message_wanted"} <= {other.rule for other in one.also_considered}
    assert "lifetime_limit" not in found(spoken)


@pytest.mark.parametrize("beats", [True, False])
def test_credentials_that_the_server_calls_expired_leave_no_limit_on_silence(beats: bool) -> None:
    history = History("expired", ping=QUIET)
    for _ in range(3):
        history.line.open()
        if beats:
            history.line.pings(history.line.opened_s + 29, 4.3)
        history.line.close_code(history.line.opened_s + 30, 4001, "token expired")

    one = finding(history, "lifetime_limit")
    idle = next(other for other in one.also_considered if other.rule == "idle_timeout")
    assert (idle.ruled_out, "credentials expired" in idle.because) == (True, True)
    assert one.confidence.value > 0.7
    assert "Renew the credentials" in one.fix
    assert "message" not in one.sentence + one.fix


@pytest.mark.parametrize("reason", ["session expired", "token expired: idle for 30 s", "expired"])
def test_what_may_have_expired_for_being_quiet_may_be_a_silence(reason: str) -> None:
    history = History("quiet", ping=QUIET)
    for _ in range(3):
        history.line.open()
        history.line.close_code(history.line.opened_s + 30, 4001, reason)

    said = [
        (one.rule, [other.rule for other in one.also_considered if not other.ruled_out])
        for one in all_findings(history)
    ]
    assert any("idle_timeout" in (rule, *rivals) for rule, rivals in said)


def test_ends_that_keep_step_as_closely_as_ages_leave_a_clock_possible() -> None:
    history = History("step")
    for number in range(6):
        history.line.open(30 * number + 1 + 0.015 * (number % 2))
        for second in range(1, 19):
            history.line.send(history.line.opened_s + second + history.line.dice.uniform(0, 0.4), answer=b"ok")
        history.line.close_code(30 * number + 21 + 0.005 * (number % 3), 1008)

    one = finding(history, "lifetime_limit")
    assert "clocked_endings" in {other.rule for other in one.also_considered if not other.ruled_out}
    assert one.confidence.value < 0.8


def test_ages_drawn_anew_where_nothing_passed_may_be_silences() -> None:
    history = History("silent", ping=QUIET)
    for number in range(6):
        history.line.open()
        history.line.close(history.line.opened_s + 20 * (0.95 + 0.1 * ((number * 0.618) % 1)))

    one = next(one for one in all_findings(history) if one.rule in ("lifetime_limit", "idle_timeout"))
    assert one.confidence.value < 0.8
    assert {"lifetime_limit", "idle_timeout"} - {one.rule} <= {
        other.rule for other in one.also_considered if not other.ruled_out
    }
