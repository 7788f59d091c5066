"""Where dots stand and how they are counted: a limit is a row of dots and one long bar."""

import pytest

from tests.gui.story import at_ns, fin
from wsmonitor.analysis.snapshot import Closure
from wsmonitor.gui.ends.dots import axis_of, bin_edges_ns, dots, histogram
from wsmonitor.settings.endpoint_settings import NS


def closures(*lives_s: float) -> list[Closure]:
    return [
        Closure(number=n, endpoint="a", slot=0, connection=n, at_ns=at_ns(n), verdict=fin(round(life * NS)))
        for n, life in enumerate(lives_s)
    ]


def test_a_limit_is_one_bar_and_everything_else_is_spread() -> None:
    bars = histogram(dots(closures(20, 20.1, 20.05, 19.9999, 20.2, 3, 300), "lived"))

    assert sorted(bars.values()) == [1, 1, 5]


@pytest.mark.parametrize("life_s", [0.001, 0.37, 1, 10, 75.4, 3600])
def test_every_value_lies_in_its_bin_and_on_the_axis(life_s: float) -> None:
    shown = dots(closures(life_s), "lived")
    (number,) = histogram(shown)

    low_ns, high_ns = bin_edges_ns(number)

    assert low_ns - 1 <= shown[0].value_ns <= high_ns
    assert 0 < axis_of(shown).share(shown[0].value_ns) < 1


def test_powers_of_ten_stand_at_even_distances() -> None:
    axis = axis_of(dots(closures(1, 100), "lived"))

    one, ten, hundred = (axis.share(round(seconds * NS)) for seconds in (1, 10, 100))

    assert hundred - ten == pytest.approx(ten - one)


def test_silence_is_measured_instead_of_life() -> None:
    (received,), (sent,) = dots(closures(70), "silent, received"), dots(closures(70), "silent, sent")

    assert (received.value_ns, sent.value_ns) == (30 * NS, 60 * NS)


def test_no_ends_have_an_axis_too() -> None:
    assert axis_of([]).ticks_ns


def test_lives_that_lie_close_together_have_ticks_too() -> None:
    assert len(axis_of(dots(closures(1.4, 1.9), "lived")).ticks_ns) >= 2
