"""How numbers, states and verdicts read."""

import pytest
from msgspec.structs import replace

from tests.gui.story import analyzer_of, at_ns
from wsmonitor.facts.events import OpenFailed, State
from wsmonitor.gui.look import words
from wsmonitor.gui.tables.filtering import parse_filter
from wsmonitor.settings.endpoint_settings import NS
from wsmonitor.text import units


@pytest.mark.parametrize(
    ("duration_ns", "text"),
    [(None, "—"), (420_000, "0.42"), (4_200_000, "4.2"), (412_000_000, "412"), (12 * NS, "12 s")],
)
def test_round_trips_have_three_digits_at_most(duration_ns: int | None, text: str) -> None:
    assert units.milliseconds(duration_ns) == text


@pytest.mark.parametrize(
    ("duration_ns", "text"),
    [
        *((0, "0.0 s"), (400_000, "0.40 ms"), (49_000_000, "49.0 ms"), (60_120_000_000, "60.1 s")),
        *((119.96 * NS, "2 min 00.0 s"), (474.4 * NS, "7 min 54.4 s"), (7_512 * NS, "2 h 05 min 12 s")),
    ],
)
def test_a_life_has_tenths_of_a_second_unless_they_would_hide_it(duration_ns: float, text: str) -> None:
    assert units.tenths(duration_ns) == text


def test_a_broken_expression_passes_all_rows_and_says_why() -> None:
    wanted = parse_filter("/[/")

    assert wanted.is_empty
    assert "not a regular expression" in wanted.problem


@pytest.mark.parametrize(
    ("limit_ns", "digits", "text"),
    [
        *((5.98 * NS, 3, "6 s"), (7.04 * NS, 3, "7 s"), (75.43 * NS, 3, "75.4 s"), (75.43 * NS, 2, "75 s")),
        *((300 * NS, 3, "5 min"), (400 * NS, 3, "6 min 40 s"), (3_600 * NS, 3, "1 h"), (7_500 * NS, 3, "2 h 05 min")),
    ],
)
def test_a_limit_in_a_name_is_short_and_never_a_power_of_ten(limit_ns: float, digits: int, text: str) -> None:
    assert units.limit(limit_ns, digits) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"state": State.OPEN, "opened_ns": at_ns(100)}, "18 s"),
        ({"state": State.DEGRADED, "misses_in_a_row": 53}, "53 missed"),
        ({"state": State.BACKOFF, "retry_at_ns": at_ns(124.3)}, "in 6.3 s"),
        ({"state": State.BACKOFF, "retry_at_ns": None, "attempt": 4, "since_ns": at_ns(115)}, "3.0 s"),
    ],
)
def test_where_there_is_little_room_a_state_says_what_changes(changes: dict[str, object], text: str) -> None:
    view = replace(analyzer_of(118, life_s=30).snapshot(at_ns(118)).endpoints[0], **changes)

    assert words.short_state(view, at_ns(118)) == text


def test_what_never_opened_is_told_by_what_stood_in_the_way() -> None:
    view = analyzer_of(118, life_s=30).snapshot(at_ns(118)).endpoints[0]
    failed = OpenFailed(at_ns=1, endpoint="voice", phase="http", error="more than 5 redirects", duration_ns=1)

    assert words.last_ending(replace(view, last_closure=None, last_failure=failed, failures=2)) == "redirects ×2"
