"""Conditions of alerts: what each means, and what a wrong one is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.settings.conditions.condition import (
    EXAMPLES,
    Condition,
    Count,
    Found,
    Lasting,
    Lost,
    Slow,
    condition_mistake,
    parse_condition,
)

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("drops>=3 in 5m", Count("drops", 3, 300 * SECOND)),
        ("drops > 3 in 300", Count("drops", 4, 300 * SECOND)),
        ("failures >= 1 in 10s", Count("failures", 1, 10 * SECOND)),
        ("p99 > 200ms in 1m", Slow(99.0, 200_000_000, 60 * SECOND, None)),
        ("p99 >= 200ms in 1m", Slow(99.0, 199_999_999, 60 * SECOND, None)),
        ("app max>1s in 1m", Slow(100.0, SECOND, 60 * SECOND, "app")),
        ("loss > 5% in 2m", Lost(0.05, False, 120 * SECOND, None)),
        ("ws loss>=0.5 in 2m", Lost(0.005, True, 120 * SECOND, "ws")),
        ("down > 30s", Lasting("down", 30 * SECOND)),
        ("Degraded>1m", Lasting("degraded", 60 * SECOND)),
        ("finding:any", Found("any", 0.0)),
        ("finding:idle_timeout sure>=80%", Found("idle_timeout", 0.8)),
        ("finding == idle_timeout & sure > 80%", Found("idle_timeout", 0.8)),
    ],
)
def test_a_condition_means_what_it_says(text: str, meaning: Condition) -> None:
    assert parse_condition(text) == meaning


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "such as drops>=3 in 5m"),
        ("dropz>=3 in 5m", "there is no dropz: did you mean drops?"),
        ("speed>3 in 5m", "there is no speed: the words are drops, failures"),
        ("drops>=3", "`in` and a time; example: drops>=3 in 5m"),
        ("p90>20ms", "example: p90>200ms in 1m"),
        ("drops>=0 in 5m", "after drops expected a number up to 10,000, found '0'"),
        ("drops>=x in 5m", "expected a number"),
        ("drops<3 in 5m", "after drops expected > or >=, found <"),
        ("drops>=3 in 5y", "expected a time from 1s to 24h such as 30s or 5m, found '5y'"),
        ("p99>fast in 1m", "expected a duration such as 200ms, found 'fast'"),
        ("loss>200% in 1m", "after loss expected a percentage from 0% to 100%"),
        ("down>30s in 1m", "down has no time behind an `in`; example: down>30s"),
        ("down>0.1s", "after down expected a time from 1s to 24h"),
        ("ws drops>=3 in 5m", "ws stands before p50, p90, p99, max and loss only"),
        ("finding>idle_timeout", "after finding expected : and its name or any, found >"),
        ("drops>=3 in 5m | down>30s", "expected one condition such as drops>=3 in 5m"),
        ("drops>=3 in 5m down>30s", "expected one condition"),
        ("very bad", "expected one condition"),
    ],
)
def test_a_wrong_condition_is_told_what_was_expected(text: str, told: str) -> None:
    assert told in condition_mistake(text)


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_are_conditions(text: str) -> None:
    assert condition_mistake(text) == ""


pieces = st.sampled_from(
    [
        "drops",
        "p99",
        "ws",
        "loss",
        "down",
        "finding",
        "sure",
        "any",
        "in",
        ">=",
        ">",
        ":",
        "3",
        "5m",
        "5%",
        " ",
        "(",
        "&",
    ]
)


@given(st.lists(pieces | st.text(max_size=4), max_size=12).map("".join))
def test_any_text_is_a_condition_or_is_told_why_not(text: str) -> None:
    assert condition_mistake(text) or parse_condition(text)
