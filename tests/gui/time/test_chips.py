"""Chips of closures that stand too near to each other become one with the right count."""

from wsmonitor.gui.time.plotting.layers import grouped_chips


def test_ends_of_one_kind_are_counted_under_their_name() -> None:
    assert grouped_chips([(0, "FIN", False), (20, "FIN ×3", False)])[0][1] == "FIN ×4"


def test_ends_of_several_kinds_are_only_counted() -> None:
    assert grouped_chips([(0, "FIN", False), (20, "1011 ×2", False)])[0][1] == "3 ends"
    assert grouped_chips([(0, "4 closures", False), (20, "4 closures", False)])[0][1] == "8 ends"


def test_what_has_room_stays_apart_and_only_forced_ends_are_shown_as_forced() -> None:
    assert len(grouped_chips([(0, "FIN", False), (70, "FIN", False)])) == 2
    assert [forced for *_, forced in grouped_chips([(0, "RST", True), (9, "RST", True)])] == [True]
    assert [forced for *_, forced in grouped_chips([(0, "RST", True), (9, "RST", False)])] == [False]


def test_failed_openings_of_several_kinds_keep_their_cross() -> None:
    chips = [(0.0, "✖ refused ×3", False), (20.0, "✖ HTTP 503", False), (30.0, "✖ ×2", False)]

    assert grouped_chips(chips, several="✖ ×{:,}")[0][1] == "✖ ×6"
