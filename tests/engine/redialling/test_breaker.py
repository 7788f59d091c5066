"""The circuit breaker."""

from wsmonitor.engine.redialling.breaker import Breaker
from wsmonitor.settings.endpoint_settings import NS


def broken() -> Breaker:
    breaker = Breaker()
    for second in range(5):
        breaker.fail(second * NS)
    return breaker


def test_the_fifth_failure_within_a_minute_opens_it_and_says_so_once() -> None:
    breaker = Breaker()

    opened = [breaker.fail(second * 15 * NS) for second in range(6)]

    assert opened == [False, False, False, False, True, False]
    assert breaker.state == "open"


def test_five_failures_in_more_than_a_minute_leave_it_closed() -> None:
    breaker = Breaker()

    assert not any(breaker.fail(second * 15_001 * NS // 1000) for second in range(100))


def test_open_it_lets_one_attempt_through_and_a_failure_opens_it_again() -> None:
    breaker = broken()

    assert breaker.try_once()
    between = breaker.state
    assert not breaker.try_once()
    assert breaker.fail(100 * NS)

    assert (between, breaker.state) == ("half_open", "open")


def test_a_stable_connection_closes_it_and_old_failures_no_longer_count() -> None:
    breaker = broken()
    breaker.try_once()

    assert breaker.close()

    assert not any(breaker.fail(6 * NS) for _ in range(4))
    assert breaker.state == "closed"


def test_closing_a_closed_breaker_is_no_news() -> None:
    assert not Breaker().close()


def test_disabled_it_never_opens() -> None:
    breaker = Breaker(enabled=False)

    assert not any(breaker.fail(0) for _ in range(100))
    assert breaker.state == "closed"
