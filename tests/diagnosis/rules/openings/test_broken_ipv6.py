import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import found, pending
from wsmonitor.diagnosis.findings import Pending

V4 = "203.0.113.7:443 ok after 12.0 ms"


def opened(attempts: str, times: int = 3) -> History:
    history = History("ipv6")
    for number in range(times):
        history.line.open(attempts=attempts)
        history.line.close_code(history.line.opened_s + 20 + 9 * number, 1000, "")
    return history


@pytest.mark.parametrize("how", ["not finished", "Network is unreachable after 0.1 ms", "timed out after 250.0 ms"])
def test_ipv6_that_fails_first_while_ipv4_works_is_broken(how: str) -> None:
    assert found(opened(f"[2001:db8::7]:443 {how}; {V4}")) == {"broken_ipv6"}


@pytest.mark.parametrize(
    "attempts",
    [
        f"[2001:db8::7]:443 Connection refused after 9.0 ms; {V4}",
        "[::1]:8000 timed out after 250.0 ms; 127.0.0.1:8000 ok after 0.1 ms",
        "203.0.113.7:443 ok after 260.0 ms; [2001:db8::7]:443 not finished",
        "[2001:db8::7]:443 ok after 10.0 ms",
        V4,
    ],
)
def test_ipv6_that_costs_nothing_or_works_is_not_broken(attempts: str) -> None:
    assert found(opened(attempts)) == set()


def test_once_is_not_enough() -> None:
    assert pending(opened(f"[2001:db8::7]:443 not finished; {V4}", 1), "broken_ipv6") == Pending(have=1, need=2)


def test_ipv6_that_works_again_withdraws_it() -> None:
    history = opened(f"[2001:db8::7]:443 not finished; {V4}")
    history.line.open(attempts="[2001:db8::7]:443 ok after 10.0 ms")
    history.line.close_code(history.line.opened_s + 30, 1000, "")

    assert found(history) == set()
