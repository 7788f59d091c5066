from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


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


def test_acknowledged_bytes_of_a_connection_given_up_are_a_stuck_peer() -> None:
    history = History("stuck")
    given_up(history, unacked=0)

    one = finding(history, "peer_stuck")
    assert "everything acknowledged" in one.evidence[0].text
    assert "proxy" in one.sentence


def test_retransmits_are_not_the_peers_fault() -> None:
    history = History("dead")
    given_up(history, unacked=1, retransmits=3)

    assert "peer_stuck" not in found(history)


def test_a_kernel_sample_from_before_the_silence_proves_nothing() -> None:
    history = History("before")
    line = history.line
    line.open()
    line.pings(line.opened_s + 59, 20)
    line.kernel_until(line.opened_s + 1, line.opened_s + 60)
    for number in range(3):
        line.lost_ping(line.opened_s + 60 + 20 * number, consecutive=number + 1)
    line.give_up(line.opened_s + 110)

    assert found(history) == set()
