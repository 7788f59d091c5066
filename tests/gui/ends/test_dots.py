"""Where dots stand and how they are counted: a limit is a row of dots and one long bar."""

import pytest
from msgspec.structs import replace

from tests.gui.story import at_ns, fin
from wsmonitor.analysis.snapshot import Closure
from wsmonitor.gui.ends.dots import LIVED, MEASURES, MESSAGES, SILENT_RX, SILENT_TX, axis_of, bin_edges, dots, histogram
from wsmonitor.settings.endpoint_settings import NS


def closures(*lives_s: float) -> list[Closure]:
    return [
        Closure(number=n, endpoint="a", slot=0, connection=n, at_ns=at_ns(n), verdict=fin(round(life * NS)))
        for n, life in enumerate(lives_s)
    ]


def test_a_limit_is_one_bar_and_everything_else_is_spread() -> None:
    bars = histogram(dots(closures(20, 20.1, 20.05, 19.9999, 20.2, 3, 300), LIVED))

    assert sorted(bars.values()) == [1, 1, 5]


@pytest.mark.parametrize("life_s", [0.001, 0.37, 1, 10, 75.4, 3600])
def test_every_value_lies_in_its_bin_and_on_the_axis(life_s: float) -> None:
    shown = dots(closures(life_s), LIVED)
    (number,) = histogram(shown)

    low, high = bin_edges(number)

    assert low - 1 <= shown[0].value <= high + 1
    assert 0 < axis_of(shown, LIVED).share(shown[0].value) < 1


def test_powers_of_ten_stand_at_even_distances() -> None:
    axis = axis_of(dots(closures(1, 100), LIVED), LIVED)

    one, ten, hundred = (axis.share(round(seconds * NS)) for seconds in (1, 10, 100))

    assert hundred - ten == pytest.approx(ten - one)


def test_silence_is_measured_instead_of_life() -> None:
    (received,), (sent,) = dots(closures(70), SILENT_RX), dots(closures(70), SILENT_TX)

    assert (received.value, sent.value) == (30 * NS, 60 * NS)


def test_no_ends_have_an_axis_too() -> None:
    assert all(axis_of([], measure).ticks for measure in MEASURES)


def test_lives_that_lie_close_together_have_ticks_too() -> None:
    assert len(axis_of(dots(closures(1.4, 1.9), LIVED), LIVED).ticks) >= 2


def test_a_limit_on_messages_is_a_row_too_and_what_was_not_counted_is_left_out() -> None:
    counted = [
        replace(one, messages=number) for one, number in zip(closures(1, 2, 3, 4), (121, 121, 0, None), strict=True)
    ]

    shown = dots(counted, MESSAGES)

    assert [dot.value for dot in shown] == [121, 121, 0.5]
    assert [MESSAGES.tick_text(tick) for tick in axis_of(shown, MESSAGES).ticks] == ["none", "1", "10", "100"]
