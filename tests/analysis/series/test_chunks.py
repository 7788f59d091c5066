import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.analysis.series.chunks import Rows

KEYS = st.lists(st.integers(0, 300), min_size=1, max_size=400).map(sorted)
BOUND = st.integers(-10, 310)


def rows_of(keys: list[int], *, limit: int = 10_000) -> Rows:
    made = Rows(2, limit=limit)
    for number, key in enumerate(keys):
        made.append(key, number)
    return made


@given(KEYS, BOUND, BOUND, st.booleans(), st.booleans())
def test_between_gives_the_rows_of_the_stretch_and_the_neighbours_asked_for(
    keys: list[int], start: int, end: int, before: bool, after: bool
) -> None:
    start, end = sorted((start, end))
    low = sum(key < start for key in keys)
    high = sum(key < end for key in keys)

    rows = rows_of(keys).view().between(start, end, before=before, after=after)

    assert rows[:, 1].tolist() == list(range(max(0, low - before), min(len(keys), high + after)))


@given(KEYS, BOUND)
def test_last_before_gives_the_newest_row_that_is_not_later(keys: list[int], key: int) -> None:
    row = rows_of(keys).view().last_before(key)

    earlier = [number for number, one in enumerate(keys) if one <= key]
    assert (None if row is None else row[1]) == (earlier[-1] if earlier else None)


def test_a_view_does_not_change_when_rows_are_appended() -> None:
    rows = rows_of([1, 2, 3])
    view = rows.view()

    for key in range(4, 5000):
        rows.append(key, 0)

    assert view.between(0, 1e9)[:, 0].tolist() == [1, 2, 3]
    assert (view.first_key, view.last_key) == (1, 3)


def test_a_view_shares_its_storage_with_the_next_one() -> None:
    rows = rows_of([1, 2, 3])
    first = rows.view()
    rows.append(4, 3)

    second = rows.view()

    assert np.shares_memory(first.between(0, 10), second.between(0, 10))


def test_the_same_view_is_given_while_nothing_was_appended() -> None:
    rows = rows_of([1])

    assert rows.view() is rows.view()


def test_old_chunks_go_once_the_limit_is_kept_by_newer_ones() -> None:
    view = rows_of(list(range(50_000)), limit=10_000).view()

    kept = view.between(0, 50_000)[:, 0]
    assert view.evicted
    assert 10_000 <= len(kept) <= 14_096
    assert kept[-1] == 49_999


def test_an_empty_view_has_no_rows_and_no_keys() -> None:
    view = Rows(2, limit=10).view()

    assert view.is_empty
    assert view.between(0, 10).shape == (0, 2)
    assert view.last_before(10) is None
