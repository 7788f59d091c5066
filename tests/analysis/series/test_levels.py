import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.analysis.series.levels import (
    BASE_S,
    COARSER_ROWS,
    FACTOR,
    LEVELS,
    Series,
    SeriesView,
    bucket_width_s,
    level_width_s,
)

DAY_S = 86_400.0

Sample = tuple[float, float]
SAMPLES: st.SearchStrategy[list[Sample]] = st.lists(
    st.tuples(st.floats(0, 5000), st.one_of(st.integers(0, 1000).map(float), st.just(math.nan))), max_size=300
).map(lambda samples: sorted(samples, key=lambda sample: sample[0]))


def series(samples: list[Sample]) -> SeriesView:
    made = Series()
    for at_s, value in samples:
        made.append(at_s, value)
    return made.view()


def a_day(*, spike_at_s: float = -1.0) -> SeriesView:
    """A day at 1 Hz of the value 1, with one sample of 500."""
    return series([(at_s, 500.0 if at_s == spike_at_s else 1.0) for at_s in np.arange(0.0, DAY_S).tolist()])


@given(SAMPLES, st.floats(0, 4000), st.floats(1, 5000), st.integers(2, 60))
def test_no_sample_and_no_break_of_the_span_is_lost_at_any_zoom(
    samples: list[Sample], start_s: float, length_s: float, pixels: int
) -> None:
    end_s = start_s + length_s
    inside = [value for at_s, value in samples if start_s <= at_s < end_s]
    values = [value for value in inside if not math.isnan(value)]

    buckets = series(samples).read(start_s, end_s, pixels)

    assert buckets.count.sum() >= len(values)
    assert buckets.breaks.sum() >= len(inside) - len(values)
    if values:
        assert np.nanmax(buckets.high) >= max(values)
        assert np.nanmin(buckets.low) <= min(values)


@given(SAMPLES, st.integers(2, 60))
def test_the_whole_of_a_series_is_counted_exactly_once(samples: list[Sample], pixels: int) -> None:
    buckets = series(samples).read(0.0, 5001.0, pixels)

    values = [value for _, value in samples if not math.isnan(value)]
    assert buckets.count.sum() == len(values)
    assert buckets.breaks.sum() == len(samples) - len(values)
    assert buckets.total.sum() == pytest.approx(sum(values))
    assert np.all(np.diff(buckets.x) >= 0)


@pytest.mark.parametrize("pixels", [100, 1200, 3000])
def test_at_most_two_points_a_pixel_come_out_of_a_day(pixels: int) -> None:
    view = a_day()

    for length_s in (30.0, 300.0, 3600.0, DAY_S):
        buckets = view.read(DAY_S - length_s, DAY_S, pixels)

        assert len(buckets.x) <= (2 * pixels if buckets.width_s == 0 else pixels) + 4


def test_a_spike_of_one_sample_is_visible_with_a_day_on_screen() -> None:
    buckets = a_day(spike_at_s=40_000.0).read(0.0, DAY_S, 800)

    (at,) = np.flatnonzero(buckets.high == 500.0)
    assert buckets.x[at] <= 40_000.0 < buckets.x[at] + buckets.width_s


def test_buckets_stay_in_place_while_the_picture_scrolls() -> None:
    view = a_day()

    first = view.read(10_000.0, 20_000.0, 300)
    later = view.read(10_007.3, 20_007.3, 300)

    shared = np.intersect1d(first.x, later.x)
    assert len(shared) >= len(first.x) - 2
    assert np.all(first.x % first.width_s == 0)


def test_few_samples_come_as_they_are_with_one_neighbour_on_either_side() -> None:
    buckets = series([(float(second), second * 2.0) for second in range(100)]).read(10.5, 13.5, 100)

    assert buckets.width_s == 0
    assert buckets.x.tolist() == [10.0, 11.0, 12.0, 13.0, 14.0]
    assert buckets.low.tolist() == [20.0, 22.0, 24.0, 26.0, 28.0]


def test_what_is_no_longer_kept_sample_by_sample_is_still_there_in_buckets() -> None:
    buckets = a_day(spike_at_s=100.0).read(60.0, 120.0, 1000)

    assert buckets.width_s == 4.0
    assert np.nanmax(buckets.high) == 500.0
    assert np.all(np.diff(buckets.x) == 4.0)


def test_a_bucket_without_a_value_has_none() -> None:
    view = series([*((second / 100, math.nan) for second in range(1000)), (20.0, 5.0)])

    buckets = view.read(0.0, 21.0, 10)

    assert np.isnan(buckets.low[0])
    assert buckets.low[-1] == 5.0


def test_an_interruption_of_what_is_already_broken_adds_nothing() -> None:
    made = Series()
    made.interrupt(1.0)
    made.append(2.0, 7.0)
    made.interrupt(3.0)
    made.interrupt(4.0)

    assert made.view().read(0.0, 10.0, 10).breaks.tolist() == [0.0, 1.0]


def test_a_time_before_the_last_one_counts_as_the_last_one() -> None:
    made = Series()
    made.append(5.0, 1.0)
    made.append(4.0, 2.0)

    assert made.view().read(0.0, 10.0, 10).x.tolist() == [5.0, 5.0]


def test_a_view_does_not_change_while_time_goes_on() -> None:
    made = Series()
    for second in range(1000):
        made.append(float(second), 1.0)
    view = made.view()
    before = view.read(0.0, 2000.0, 50)

    for second in range(1000, 50_000):
        made.append(float(second), 9.0)

    after = view.read(0.0, 2000.0, 50)
    assert after.high.tolist() == before.high.tolist()
    assert after.count.sum() == 1000


@given(st.floats(0.01, 1e6), st.integers(1, 4000))
def test_a_bucket_is_one_to_two_pixels_and_a_power_of_two_seconds(length_s: float, pixels: int) -> None:
    width_s = bucket_width_s(0.0, length_s, pixels)

    pixel_s = length_s / pixels
    assert 0.999 * pixel_s <= width_s <= 2.001 * pixel_s
    assert math.log2(width_s).is_integer()


def test_the_last_value_before_a_time_is_found() -> None:
    view = series([(1.0, 10.0), (2.0, 20.0)])

    assert (view.last_before(0.5), view.last_before(1.9), view.last_before(99.0)) == (None, 10.0, 20.0)


@pytest.mark.parametrize("pixels", [800, 1600, 4096])
def test_a_picture_never_takes_more_of_a_coarser_level_than_is_kept(pixels: int) -> None:
    for hours in range(1, 365 * 24, 7):
        span_s = hours * 3600.0
        width_s = bucket_width_s(0.0, span_s, pixels)
        level = min(LEVELS - 1, math.floor(math.log(width_s / BASE_S, FACTOR)))

        assert level < 1 or span_s / level_width_s(level) <= COARSER_ROWS
