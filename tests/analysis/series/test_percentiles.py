import math

from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.analysis.series.percentiles import Histogram, RoundTripStatistics

DURATIONS_NS = st.integers(min_value=0, max_value=10**13)
SAMPLES = st.lists(DURATIONS_NS, min_size=1, max_size=200)


def nearest_rank(samples: list[int], percent: float) -> int:
    """The definition, on all samples."""
    return sorted(samples)[max(1, math.ceil(percent * len(samples) / 100)) - 1]


def histogram(samples: list[int]) -> Histogram:
    made = Histogram()
    for sample in samples:
        made.add(sample)
    return made


@given(SAMPLES, st.sampled_from([1, 25, 50, 90, 99, 99.9]))
def test_a_percentile_is_within_half_a_percent_of_the_exact_nearest_rank(samples: list[int], percent: float) -> None:
    exact = nearest_rank(samples, percent)

    found = histogram(samples).percentile(percent)

    assert found is not None
    assert abs(found - exact) <= 0.005 * exact


@given(SAMPLES)
def test_smallest_and_largest_value_are_exact(samples: list[int]) -> None:
    made = histogram(samples)

    assert (made.percentile(0), made.percentile(100)) == (min(samples), max(samples))
    assert (made.min_ns, made.max_ns) == (min(samples), max(samples))


@given(SAMPLES, st.lists(DURATIONS_NS))
def test_merged_histograms_say_what_one_of_all_samples_says(left: list[int], right: list[int]) -> None:
    merged = histogram(left)
    merged.merge(histogram(right))

    together = histogram(left + right)

    assert merged.count == together.count
    assert [merged.percentile(p) for p in range(101)] == [together.percentile(p) for p in range(101)]


@given(SAMPLES)
def test_percentiles_never_fall_as_the_percentage_rises(samples: list[int]) -> None:
    values = [histogram(samples).percentile(percent) or 0 for percent in range(101)]

    assert values == sorted(values)


def test_without_samples_nothing_is_claimed() -> None:
    summary = RoundTripStatistics().summary()

    assert (summary.count, summary.p50_ns, summary.p99_ns, summary.max_ns, summary.loss) == (0, None, None, None, None)


def test_loss_is_misses_over_answers_and_misses() -> None:
    statistics = RoundTripStatistics()
    for _ in range(3):
        statistics.answer(1000)
    statistics.miss()

    assert statistics.loss == 0.25


def test_an_answer_after_its_miss_counts_once_for_the_loss_and_still_shows_how_long_it_took() -> None:
    statistics = RoundTripStatistics()
    statistics.answer(1000)
    statistics.miss()
    statistics.answer(12_000_000_000, late=True)

    summary = statistics.summary()

    assert summary.loss == 0.5
    assert (summary.count, summary.max_ns) == (2, 12_000_000_000)


def test_kernel_samples_have_percentiles_but_no_loss() -> None:
    statistics = RoundTripStatistics()
    statistics.kernel_sample(5000)

    summary = statistics.summary()

    assert (summary.p50_ns, summary.loss) == (5000, None)
