from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


def waiting(sizes: list[int], *, forced: bool = False) -> History:
    """What waits in our write buffer, second by second."""
    line = History("slow").line
    line.open()
    if forced:
        line.disrupt(line.opened_s + 0.5, "stall")
    for second, size in enumerate(sizes):
        line.kernel(line.opened_s + second + 1, unsent=size, unacked=1)
    line.stay()
    return line.history


def test_bytes_that_wait_for_five_seconds_without_moving_are_a_slow_consumer() -> None:
    one = finding(waiting([0, 0, *[80_000] * 7]), "slow_consumer", 20)

    assert "80.0 kB unsent for 6.0 s" in one.evidence[0].text


def test_bytes_that_leave_slowly_are_none() -> None:
    assert found(waiting([80_000 - 5_000 * second for second in range(14)]), 20) == set()


def test_a_short_jam_is_none() -> None:
    assert found(waiting([0, 80_000, 80_000, 80_000, 0, 0]), 20) == set()


def test_a_forced_stall_is_none() -> None:
    assert found(waiting([80_000] * 10, forced=True), 20) == set()
