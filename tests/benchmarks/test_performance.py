"""The table of `make bench`: when a goal is met, and how it gets onto its page."""

from dataclasses import asdict
from typing import Any

import pytest

from tests.benchmarks.row import Answer, Row, paired
from tools.performance import BEGIN, END, line, put_into, section


@pytest.mark.parametrize(
    ("row", "ok"),
    [
        (Row("bound", 5, "ms", goal=5), "yes"),
        (Row("bound", 6, "ms", goal=5), "no"),
        (Row("ratio", 20, "us", reference=10, goal=1.5), "no"),
        (Row("ratio", 14, "us", reference=10, goal=1.5), "yes"),
        (Row("rate", 80, "/s", reference=100, goal=0.85, at_least=True), "no"),
        (Row("rate", 90, "/s", reference=100, goal=0.85, at_least=True), "yes"),
        (Row("figure", 80, "us", reference=1), None),
        (Row("skipped", None, "us", goal=100, note="no tcpdump"), None),
    ],
)
def test_a_goal_bounds_ours_or_the_ratio_to_the_reference(row: Row, ok: Answer | None) -> None:
    assert row.ok == ok


def test_each_round_of_ours_is_held_against_the_round_of_the_reference_beside_it() -> None:
    busy_meanwhile = paired("rate", [100, 50, 10], [100, 50, 10], "/s", goal=1.0, at_least=True)

    assert (busy_meanwhile.ratio, busy_meanwhile.spread, busy_meanwhile.ok) == (1.0, (1.0, 1.0), "yes")


def test_rounds_that_say_both_are_unsure() -> None:
    assert paired("trip", [9, 10, 14], [10, 10, 10], "us", goal=1.05).ok == "unsure"
    assert paired("trip", [9, 10, 14], [10, 10, 10], "us", goal=1.5).ok == "yes"
    assert paired("trip", [9, 10, 14], [10, 10, 10], "us", goal=0.5).ok == "no"


def told(row: Row) -> dict[str, Any]:
    return asdict(row) | {"ratio": row.ratio, "ok": row.ok}


def test_a_line_has_every_column() -> None:
    assert line(told(Row("trip", 1500, "us", reference=1000, goal=1.5))) == (
        "| trip | 1,500 us | 1,000 us | 1.50 | - | ≤ 1.5 | yes |"
    )
    assert line(told(Row("lag", 11, "ms", goal=10))) == "| lag | 11 ms | - | - | - | ≤ 10 ms | no |"


def test_what_stands_between_the_markers_is_replaced_and_nothing_else() -> None:
    result = {"machine": "2 cores", "when": "today", "lasted_s": 1, "rows": [told(Row("lag", 1, "ms", note="why"))]}
    readme = f"before\n{BEGIN}\nold\n{END}\nafter\n"

    written = put_into(readme, section(result))

    assert written.startswith(f"before\n{BEGIN}\n`make bench` on 2 cores")
    assert written.endswith(f"- lag: why\n{END}\nafter\n")
    assert put_into(written, section(result)) == written


def test_a_readme_without_the_markers_is_left_alone() -> None:
    with pytest.raises(ValueError, match="found none"):
        put_into("nothing", "table")
