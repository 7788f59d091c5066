import math

from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.plots.scale import ceiling


@given(st.floats(0, 1e9))
def test_a_ceiling_is_round_has_headroom_and_is_filled_by_more_than_half(value: float) -> None:
    top = ceiling(value)

    mantissa = top / 10.0 ** math.floor(math.log10(top) + 1e-12)
    assert round(mantissa, 6) in (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
    assert top >= max(1.0, value * 1.0999)
    assert top <= max(1.0, value * 1.1 * 1.67)


def test_without_a_value_the_smallest_scale_is_shown() -> None:
    assert ceiling(math.nan, at_least=10.0) == 10.0
