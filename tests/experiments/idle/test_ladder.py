"""Which silences are tried."""

from itertools import pairwise

import pytest

from wsmonitor.experiments.idle.ladder import FINE_RATIO, ROOM_TO_REFINE, ladder, refined


@pytest.mark.parametrize(("longest_s", "count"), [(30, 26), (180, 26), (660, 26), (180, 12), (600, 12)])
def test_it_has_as_many_rungs_as_asked_and_rises_to_the_longest(longest_s: float, count: int) -> None:
    rungs = ladder(longest_s, count)

    assert len(rungs) == count
    assert list(rungs) == sorted(rungs)
    assert rungs[-1] == longest_s


def test_what_cannot_be_refined_in_time_is_close_together() -> None:
    rungs = ladder(660, 26)

    long = [rung for rung in rungs if rung > 660 / ROOM_TO_REFINE]
    assert all(high / low <= FINE_RATIO + 1e-3 for low, high in pairwise(long))


def test_a_bracket_is_cut_in_equal_parts() -> None:
    assert refined(10, 20, 5) == (12, 14, 16, 18)


def test_a_narrow_bracket_is_left() -> None:
    assert refined(100, 104, 5) == ()
