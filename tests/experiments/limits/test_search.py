"""The largest size that is taken is found exactly, whatever it is."""

import random

import pytest

from wsmonitor.experiments.limits.search import SizeSearch


def searched(limit: int, largest: int = 1 << 32) -> SizeSearch:
    search = SizeSearch(largest)
    while (size := search.next()) is not None:
        assert search.taken < size < (search.refused or largest + 1), "nothing is tried twice"
        search.note(size, was_taken=size <= limit)
    return search


@pytest.mark.parametrize("seed", range(200))
def test_any_limit_is_found_exactly(seed: int) -> None:
    dice = random.Random(seed)
    limit = dice.randrange(1, 1 << dice.randrange(1, 33))

    search = searched(limit)

    assert (search.taken, search.refused) == (limit, limit + 1)
    assert len(search.tried) < 45


@pytest.mark.parametrize("bits", [10, 13, 15, 16, 20, 24])
def test_a_power_of_two_takes_few_tries(bits: int) -> None:
    assert len(searched(1 << bits).tried) <= 8


def test_without_a_limit_there_is_one_try() -> None:
    search = searched(1 << 40)

    assert (search.tried, search.refused) == ([1 << 32], None)
