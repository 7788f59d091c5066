"""What could not leave this machine, and what only looks like it."""

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


def _given_up(history: History, **kernel: int) -> None:
    """Three pings in vain; the kernel says how our bytes are meanwhile."""
    line = history.line
    line.open()
    line.pings(line.opened_s + 50, 20)
    for number in (1, 2, 3):
        line.lost_ping(line.opened_s + 40 + 20 * number, consecutive=number)
    line.kernel_until(line.opened_s + 61, line.opened_s + 110, **kernel)
    line.give_up(line.opened_s + 110)


def test_bytes_that_wait_in_our_kernel_with_nothing_on_its_way_were_held_back_here() -> None:
    history = History("held")
    _given_up(history, not_sent=46)

    assert "46 bytes" in finding(history, "own_machine_drops").evidence[0].text
    assert not {"path_dead", "peer_stuck"} & found(history)


def test_bytes_on_their_way_without_an_answer_did_leave() -> None:
    history = History("left")
    _given_up(history, not_sent=46, unacked=2, retransmits=4)

    assert "own_machine_drops" not in found(history)
    assert "path_dead" in found(history)


def test_bytes_that_were_acknowledged_did_leave() -> None:
    history = History("answered")
    _given_up(history)

    assert "own_machine_drops" not in found(history)
    assert "peer_stuck" in found(history)


def test_bytes_that_do_not_leave_are_told_while_the_connection_is_still_open() -> None:
    line = History("now").line
    line.open()
    line.pings(line.opened_s + 50, 20)
    line.lost_ping(line.opened_s + 60)
    line.kernel_until(line.opened_s + 61, line.opened_s + 75, not_sent=46)
    line.stay()

    one = finding(line.history, "own_machine_drops")
    assert one.evidence[0].text.startswith("still open: 46 bytes not sent")
    assert [other.rule for other in one.also_considered if not other.ruled_out] == []


def test_after_many_bytes_a_server_that_reads_nothing_is_not_ruled_out() -> None:
    line = History("full").line
    line.open()
    line.message(line.opened_s + 5, "tx", b"x", size=100_000)
    line.lost_ping(line.opened_s + 60)
    line.kernel_until(line.opened_s + 61, line.opened_s + 75, not_sent=46)
    line.stay()

    one = finding(line.history, "own_machine_drops")
    assert one.confidence.value < 0.8
    assert [other.rule for other in one.also_considered if not other.ruled_out] == ["slow_consumer"]


def test_a_machine_without_any_address_is_no_excuse_for_bytes_that_do_not_leave() -> None:
    line = History("no address").line
    line.open()
    line.lost_ping(line.opened_s + 20)
    line.network(line.opened_s + 20.5, new="")
    line.kernel_until(line.opened_s + 21, line.opened_s + 35, not_sent=46)
    line.stay()

    assert "own_machine_drops" in found(line.history)
