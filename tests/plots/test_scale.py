import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.plots.scale import ceiling, typical_top


@given(st.floats(0, 1e9))
def test_a_ceiling_is_round_has_headroom_and_is_filled_by_more_than_half(value: float) -> None:
    top = ceiling(value)

    mantissa = top / 10.0 ** math.floor(math.log10(top) + 1e-12)
    assert round(mantissa, 6) in (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
    assert top >= max(1.0, value * 1.0999)
    assert top <= max(1.0, value * 1.1 * 1.67)


def test_without_a_value_the_smallest_scale_is_shown() -> None:
    assert ceiling(math.nan, at_least=10.0) == 10.0


@pytest.mark.parametrize(
    ("values", "top"),
    [
        ([0.2, 0.3, 0.2, 32.0], 32.0),  # who knows what is usual here?
        ([32.0, 0.2, 0.3, 0.2, 0.4], 0.8),  # the first ping of a cold start
        ([32.0, 12.0, 4.0, *[0.3] * 30], 8.0),
        ([1.0, 1.2, 0.9, 1.1, 3.0], 3.0),  # not so far above that it would hide the others
        ([*[10.0] * 80, *[500.0] * 20], 500.0),  # not rare
        ([*[10.0] * 96, *[500.0] * 4], 20.0),
    ],
)
def test_typical_values_fill_the_scale_and_rare_ones_far_above_them_do_not_set_it(
    values: list[float], top: float
) -> None:
    assert typical_top(np.array(values)) == pytest.approx(top)


def test_without_a_value_nothing_is_typical() -> None:
    assert math.isnan(typical_top(np.array([])))
