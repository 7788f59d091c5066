import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import all_findings, finding, found
from tests.diagnosis.rules.said.endings import given_up
from wsmonitor.settings.endpoint_settings import PingConfig


def test_unacknowledged_bytes_of_a_connection_given_up_are_a_dead_path() -> None:
    history = History("dead")
    given_up(history, unacked=2, retransmits=4)

    one = finding(history, "path_dead")
    assert one.confidence.value == 0.9
    assert "2 segments unacknowledged, 4 retransmits" in one.evidence[0].text


def test_a_kernel_that_gave_up_says_it_outright() -> None:
    history = History("etimedout")
    history.line.open()
    history.line.send(history.line.opened_s + 5)
    history.line.close(history.line.opened_s + 900, initiator="os", mechanism="timeout")

    assert found(history) == {"path_dead"}


def test_without_a_word_of_the_kernel_nobody_is_named() -> None:
    history = History("unknown")
    given_up(history, unacked=0, kernel=False)

    assert found(history) == set()


def test_a_forced_black_hole_is_no_dead_path() -> None:
    history = History("forced")
    history.line.open()
    history.line.disrupt(history.line.opened_s + 1, "kernel_blackhole")
    history.line.close(
        history.line.opened_s + 60, by="heartbeat", initiator="local", mechanism="timeout", forced="kernel_blackhole"
    )

    assert all_findings(history) == ()


def unheard(history: History, *, misses: int = 1, **kernel: int) -> None:
    """Pings were answered for a minute, and are not any more; the connection is still open."""
    line = history.line
    line.open()
    line.pings(line.opened_s + 59, 20)
    for number in range(misses):
        line.lost_ping(line.opened_s + 60 + 20 * number, consecutive=number + 1)
    line.kernel_until(line.opened_s + 61, line.opened_s + 80 + 20 * misses, **kernel)
    line.stay()


def test_one_missed_ping_and_a_kernel_that_repeats_itself_are_a_dead_path_before_anybody_gives_up() -> None:
    history = History("now")
    unheard(history, unacked=1, retransmits=4)

    one = finding(history, "path_dead")
    assert "The path is dead: no byte for" in one.sentence
    assert one.evidence[0].text.startswith("still open: 1 segments unacknowledged")


def test_pongs_that_come_again_withdraw_it() -> None:
    history = History("again")
    unheard(history, unacked=1, retransmits=4)
    history.line.ping(history.line.opened_s + 110)
    history.line.stay()

    assert "path_dead" not in found(history, end_s=140)


def test_a_kernel_that_repeats_itself_needs_no_ping_of_ours() -> None:
    line = History("no pings", ping=PingConfig(enabled=False)).line
    line.open()
    line.send(line.opened_s + 5, answer=b"ok")
    line.send(line.opened_s + 20)
    line.kernel_until(line.opened_s + 21, line.opened_s + 40, unacked=1, retransmits=6)
    line.stay()

    assert found(line.history) == {"path_dead"}


def test_a_ping_missed_because_our_address_changed_is_not_the_paths_fault() -> None:
    history = History("moved")
    unheard(history, unacked=1, retransmits=4)
    history.line.network(history.line.opened_s + 59.5)

    assert "path_dead" not in found(history)


@pytest.mark.parametrize("has_opened", [False, True])
def test_openings_that_get_no_answer_after_it_are_of_the_same_cause_until_one_works(*, has_opened: bool) -> None:
    history = History("goes on")
    given_up(history, unacked=2, retransmits=4)
    if has_opened:
        history.line.open()
        history.line.stop(history.line.opened_s + 5)
    for _ in range(4):
        history.line.fail("tcp", "timed out: no answer within 5 s", after_s=5)

    assert found(history) == ({"path_dead", "connect_timeout"} if has_opened else {"path_dead"})


@pytest.mark.parametrize("is_answered", [False, True])
def test_a_path_that_was_dead_when_we_stopped_stays_told_unless_our_close_was_answered(*, is_answered: bool) -> None:
    history = History("stopped")
    unheard(history, unacked=1, retransmits=4)
    line = history.line
    if is_answered:
        line.stop(line.opened_s + 110)
    else:
        line.close(line.opened_s + 110, by="stop", initiator="local", mechanism="close_frame", sent_code=1000)

    assert ("path_dead" in found(history)) != is_answered
