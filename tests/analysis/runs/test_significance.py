"""When a difference may be claimed, and when samples are too few to tell."""

import random

import pytest

from wsmonitor.analysis.runs.significance import compare_percentiles, compare_rates, compare_shares, compare_values
from wsmonitor.analysis.series.percentiles import Histogram


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [(12, 0, "less"), (0, 12, "more"), (10, 9, "same"), (2, 0, "too few"), (0, 0, "same"), (500, 400, "less")],
)
def test_rates_over_equal_times(first: int, second: int, answer: str) -> None:
    assert compare_rates(first, 600.0, second, 600.0) == answer


def test_as_many_events_in_a_tenth_of_the_time_are_more() -> None:
    assert compare_rates(10, 1000.0, 10, 100.0) == "more"


def test_a_rate_without_time_says_nothing() -> None:
    assert compare_rates(3, 10.0, 3, 0.0) == "too few"


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        ((10, 20), (0, 20), "less"),
        ((0, 20), (10, 20), "more"),
        ((1, 2), (0, 2), "too few"),
        ((5, 100), (6, 100), "same"),
        ((0, 50), (0, 50), "same"),
        ((1, 5), (0, 0), "too few"),
        ((300, 100_000), (100, 100_000), "less"),
    ],
)
def test_shares(first: tuple[int, int], second: tuple[int, int], answer: str) -> None:
    assert compare_shares(*first, *second) == answer


def histogram(values: list[int]) -> Histogram:
    made = Histogram()
    for value in values:
        made.add(value)
    return made


def test_percentiles_differ_where_their_intervals_lie_apart() -> None:
    fast, slow = histogram(list(range(1000, 2000))), histogram(list(range(3000, 4000)))

    assert compare_percentiles(slow, fast, 50) == "less"
    assert compare_percentiles(fast, slow, 99) == "more"
    assert compare_percentiles(fast, fast, 99) == "same"


def test_a_high_percentile_needs_many_samples() -> None:
    some = histogram(list(range(100)))

    assert compare_percentiles(some, some, 99) == "too few"
    assert compare_percentiles(some, some, 50) == "same"


def test_equal_sources_are_rarely_called_different() -> None:
    chance = random.Random(1)
    claims = 0
    for _ in range(200):
        one, other = (histogram([round(chance.expovariate(1e-6)) for _ in range(200)]) for _ in range(2))
        claims += compare_percentiles(one, other, 50) != "same"

    assert claims <= 10


def test_values_need_four_of_each() -> None:
    assert compare_values([1, 2, 3], [10, 20, 30, 40]) == "too few"
    assert compare_values([60, 61, 59, 60, 62], [600, 900, 800, 700]) == "more"
    assert compare_values([600, 900, 800, 700], [60, 61, 59, 60, 62]) == "less"
    assert compare_values([60] * 9, [60] * 9) == "same"
