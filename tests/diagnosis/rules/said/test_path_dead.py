from tests.corpus.history import History
from tests.diagnosis.rules.judging import all_findings, finding, found


def given_up(history: History, *, unacked: int, retransmits: int = 0, kernel: bool = True) -> None:
    """Pings stay unanswered until our heartbeat gives up; the kernel is asked each second."""
    line = history.line
    line.open()
    line.pings(line.opened_s + 59, 20)
    for number in range(3):
        line.lost_ping(line.opened_s + 60 + 20 * number, consecutive=number + 1)
    if kernel:
        line.kernel_until(line.opened_s + 1, line.opened_s + 60)
        line.kernel_until(line.opened_s + 61, line.opened_s + 110, unacked=unacked, retransmits=retransmits)
    line.give_up(line.opened_s + 110)


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
