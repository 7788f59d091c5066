"""Automatic dials per host and minute."""

from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.engine.redialling.dial_budget import DialBudget
from wsmonitor.settings.endpoint_settings import NS


def test_thirty_dials_a_minute_are_free_and_then_it_says_when_the_next_one_is() -> None:
    budget = DialBudget()

    assert [budget.take("host:80", second * NS, by="feed") for second in range(30)] == [None] * 30
    assert budget.take("host:80", 30 * NS, by="feed") == 60 * NS
    assert budget.take("host:80", 60 * NS, by="feed") is None


def test_each_host_and_port_has_a_budget_of_its_own() -> None:
    budget = DialBudget()
    for _ in range(30):
        budget.take("host:80", 0, by="feed")

    assert budget.take("host:81", 0, by="feed") is None


def test_many_configured_connections_raise_it_to_two_each() -> None:
    budget = DialBudget()
    budget.configure("host:80", 40)

    assert [budget.take("host:80", 0, by="feed") for _ in range(80)] == [None] * 80
    assert budget.take("host:80", 0, by="feed") == 60 * NS


def test_the_endpoints_of_a_host_raise_it_together() -> None:
    budget = DialBudget()
    budget.configure("host:80", 20)
    budget.configure("host:80", 30)

    assert sum(budget.take("host:80", 0, by="feed") is None for _ in range(200)) == 100


def test_removed_connections_no_longer_count() -> None:
    budget = DialBudget()
    budget.configure("host:80", 40)
    budget.configure("host:80", -40)
    for _ in range(30):
        budget.take("host:80", 0, by="feed")

    assert budget.take("host:80", 0, by="feed") is not None


def test_a_dial_that_waits_says_whose_dials_used_the_budget_up() -> None:
    budget = DialBudget()
    for number in range(30):
        budget.take("host:80", number, by="broken" if number % 10 else "fine")

    assert budget.why("host:80") == ("waits its turn: 30 redials a minute to host:80 used up, 27 by “broken”")


def test_dials_of_more_than_a_minute_ago_are_nobodys_any_more() -> None:
    budget = DialBudget()
    for _ in range(30):
        budget.take("host:80", 0, by="broken")
    assert budget.why("host:80").endswith("all by “broken”")

    for _ in range(30):
        budget.take("host:80", 60 * NS, by="feed")

    assert budget.why("host:80").endswith("all by “feed”")


def test_a_login_that_stands_where_the_host_should_is_not_told() -> None:
    budget = DialBudget()
    for _ in range(30):
        budget.take("user:secret@host:PORT", 0, by="feed")

    assert "secret" not in budget.why("user:secret@host:PORT")


@given(st.lists(st.integers(0, 5_000), max_size=400))
def test_no_minute_ever_holds_more_than_the_budget(gaps_ms: list[int]) -> None:
    budget = DialBudget()
    now_ns, dials = 0, []

    for gap_ms in gaps_ms:
        now_ns += gap_ms * 1_000_000
        free_ns = budget.take("host:80", now_ns, by="feed")
        if free_ns is None:
            dials.append(now_ns)
        else:
            assert now_ns < free_ns <= now_ns + 60 * NS

    assert all(sum(start <= at_ns < start + 60 * NS for at_ns in dials) <= 30 for start in dials)
