"""Chips that would be painted over each other become one that still says how connections ended."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFont, QFontMetrics

from wsmonitor.gui.time.plotting.layers.chips import Chip, fitting, merged_chips
from wsmonitor.plots.drawing import Way, ways_text


def width(text: str) -> float:
    """Pixels of a font whose letters are all 7 wide."""
    return 7.0 * len(text) + 12


def texts(*chips: tuple[float, str, int]) -> list[str]:
    """What is written of chips `(x, way, how many)`."""
    made = [Chip(x, (Way(text, count),), False) for x, text, count in chips]
    return [ways_text(chip.ways) for chip in merged_chips(made, width)]


def test_ends_of_one_kind_are_counted_under_their_name() -> None:
    assert texts((0, "FIN", 1), (20, "FIN", 3)) == ["FIN ×4"]


def test_ends_of_several_kinds_keep_their_names() -> None:
    assert texts((0, "FIN", 1), (20, "1011", 2)) == ["1011 ×2 · FIN"]


def test_of_many_kinds_the_most_frequent_are_named_and_the_others_counted() -> None:
    assert texts((0, "FIN", 1), (10, "1011", 4), (20, "RST", 3), (30, "4000", 1)) == ["1011 ×4 · RST ×3 · +2"]


def test_failed_openings_of_several_kinds_have_one_cross() -> None:
    assert texts((0, "✖ refused", 3), (20, "✖ HTTP 503", 1)) == ["✖ refused ×3 · HTTP 503"]


def test_what_has_room_stays_apart_and_only_forced_ends_are_shown_as_forced() -> None:
    assert len(texts((0, "FIN", 1), (70, "FIN", 1))) == 2
    fin = (Way("RST", 1),)
    assert [chip.forced for chip in merged_chips([Chip(0, fin, True), Chip(9, fin, True)], width)] == [True]
    assert [chip.forced for chip in merged_chips([Chip(0, fin, True), Chip(9, fin, False)], width)] == [False]


@given(st.lists(st.tuples(st.floats(0, 2000), st.sampled_from(["FIN", "RST", "1011", "4000"])), max_size=60))
def test_no_two_chips_are_painted_over_each_other_and_none_is_forgotten(ends: list[tuple[float, str]]) -> None:
    chips = [Chip(x, (Way(text, 1),), False) for x, text in sorted(ends)]

    shown = merged_chips(chips, width)

    assert sum(way.count for chip in shown for way in chip.ways) == len(ends)
    edges = [(chip.x - width(ways_text(chip.ways)) / 2, chip.x + width(ways_text(chip.ways)) / 2) for chip in shown]
    assert all(left[1] <= right[0] for left, right in pairwise(edges))


@pytest.mark.usefixtures("qapp")
def test_a_name_is_cut_where_its_shade_is_narrow_and_gone_where_a_few_letters_would_be_left() -> None:
    metrics = QFontMetrics(QFont())
    name = "forced bandwidth 16KB/s 5.0 s"
    whole = metrics.horizontalAdvance(name)

    assert fitting(name, metrics, whole + 1) == name
    cut = fitting(name, metrics, 0.7 * whole)
    assert cut.startswith("forced bandw")
    assert cut.endswith("…")
    assert fitting(name, metrics, 0.2 * whole) == ""
    assert fitting("stall", metrics, whole) == "stall"
