from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found
from tests.diagnosis.rules.said.endings import given_up


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
    line = History("before").line
    line.open()
    line.pings(line.opened_s + 59, 20)
    line.kernel_until(line.opened_s + 1, line.opened_s + 60)
    for number in range(3):
        line.lost_ping(line.opened_s + 60 + 20 * number, consecutive=number + 1)
    line.give_up(line.opened_s + 110)

    assert found(line.history) == set()


def silent(history: History, *, misses: int, pongs_first: bool) -> None:
    """Pings are not answered any more, or never were, while the other kernel acknowledges; still open."""
    line = history.line
    line.open()
    since_s = line.opened_s + (60 if pongs_first else 20)
    if pongs_first:
        line.pings(line.opened_s + 59, 20)
    for number in range(misses):
        line.lost_ping(since_s + 20 * number, consecutive=number + 1)
    line.kernel_until(line.opened_s + 1, since_s + 20 * misses)
    line.stay()


def test_two_missed_pings_in_a_row_that_were_acknowledged_are_a_stuck_peer_before_anybody_gives_up() -> None:
    history = History("now")
    silent(history, misses=2, pongs_first=True)

    assert finding(history, "peer_stuck").evidence[0].text.startswith("still open: everything acknowledged")


def test_one_missed_ping_may_be_a_pause_of_the_server() -> None:
    history = History("pause")
    silent(history, misses=1, pongs_first=True)

    assert "peer_stuck" not in found(history)


def test_a_server_that_never_answered_a_ping_may_not_know_them() -> None:
    history = History("never")
    silent(history, misses=2, pongs_first=False)

    assert "peer_stuck" not in found(history)


def test_a_peer_that_let_us_in_again_was_stuck() -> None:
    history = History("was")
    given_up(history, unacked=0)
    history.line.open()
    history.line.pings(history.line.opened_s + 59, 20)
    history.line.stay()

    sentence = finding(history, "peer_stuck").sentence
    assert "was stuck" in sentence
    assert "opened since" in sentence


def test_who_never_answered_a_ping_may_know_none() -> None:
    history = History("never")
    line = history.line
    line.open()
    for number in range(3):
        line.lost_ping(line.opened_s + 20 * (number + 1), consecutive=number + 1)
    line.kernel_until(line.opened_s + 1, line.opened_s + 70)
    line.give_up(line.opened_s + 70)

    one = finding(history, "peer_stuck")
    assert one.confidence.value < 0.8
    assert "pings_ignored" in {other.rule for other in one.also_considered if not other.ruled_out}
