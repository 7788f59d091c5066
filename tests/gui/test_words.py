"""How numbers, states and verdicts read."""

import pytest

from wsmonitor.config import NS
from wsmonitor.gui import words
from wsmonitor.gui.models.filtering import parse_filter


@pytest.mark.parametrize(
    ("duration_ns", "text"),
    [(None, "—"), (420_000, "0.42"), (4_200_000, "4.2"), (412_000_000, "412"), (12 * NS, "12 s")],
)
def test_round_trips_have_three_digits_at_most(duration_ns: int | None, text: str) -> None:
    assert words.milliseconds(duration_ns) == text


def test_a_broken_expression_passes_all_rows_and_says_why() -> None:
    wanted = parse_filter("/[/")

    assert wanted.is_empty
    assert "not a regular expression" in wanted.problem
