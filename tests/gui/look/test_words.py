"""How numbers, states and verdicts read."""

import pytest
from msgspec.structs import replace

from tests.gui.story import analyzer_of, at_ns
from wsmonitor.facts.events import WAITS_ITS_TURN, OpenFailed, State
from wsmonitor.gui.endpoints.columns import Column, endpoint_tooltip
from wsmonitor.gui.look import words
from wsmonitor.gui.tables.filtering import parse_filter


def test_a_broken_expression_passes_all_rows_and_says_why() -> None:
    wanted = parse_filter("/[/")

    assert wanted.is_empty
    assert "not a regular expression" in wanted.problem


TURN = f"{WAITS_ITS_TURN}30 redials a minute to host:80 used up, 27 by “broken”"


def test_a_row_that_waits_for_the_dials_of_others_says_so_and_its_tooltip_whose() -> None:
    snapshot = analyzer_of(118).snapshot(at_ns(118))
    waits = replace(snapshot.endpoints[0], state=State.BACKOFF, retry_at_ns=at_ns(138), cause=TURN)

    assert words.state_line(waits, at_ns(118)) == "its turn in 20 s"
    assert TURN in endpoint_tooltip(waits, Column.STATE, at_ns(118), snapshot)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"state": State.OPEN, "opened_ns": at_ns(100)}, "18 s"),
        ({"state": State.DEGRADED, "misses_in_a_row": 53}, "53 missed"),
        ({"state": State.BACKOFF, "retry_at_ns": at_ns(124.3)}, "in 6.3 s"),
        ({"state": State.BACKOFF, "retry_at_ns": at_ns(124.3), "cause": TURN}, "in 6.3 s"),
        ({"state": State.BACKOFF, "retry_at_ns": at_ns(117)}, "now"),
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
