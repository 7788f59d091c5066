from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found
from wsmonitor.settings.endpoint_settings import PingConfig


def pongs(*, bulk: int, slow_ms: float) -> History:
    """Every eleventh ping meets a big message."""
    line = History("bulk", ping=PingConfig(interval_s=0.5)).line
    line.open()
    for number in range(1, 90):
        at_s = line.opened_s + 0.5 * number
        is_hit = number % 11 == 5
        if is_hit:
            line.receive(at_s + 0.01, b"", size=bulk)
        line.ping(at_s, slow_ms / 1e3 if is_hit else 0.02)
    line.stay()
    return line.history


def test_pongs_that_are_late_only_behind_bulk_wait_their_turn() -> None:
    one = finding(pongs(bulk=1_000_000, slow_ms=200), "head_of_line", 50)

    assert "1.0 MB before the pong" in one.evidence[0].text


def test_bulk_that_delays_nothing_is_fine() -> None:
    assert found(pongs(bulk=1_000_000, slow_ms=22), 50) == set()


def test_late_pongs_without_bulk_are_something_else() -> None:
    assert "head_of_line" not in found(pongs(bulk=1_000, slow_ms=200), 50)
