"""Paths into JSON, and when two values of JSON are equal."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.settings.json_path import MISSING, json_equal, look_up, parse_path, path_mistake


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("$", ()),
        ("$.type", ("type",)),
        ("$.phx-reply.größe", ("phx-reply", "größe")),
        ("$[0][-1]", (0, -1)),
        ("$['a b'].c", ("a b", "c")),
        ('$["it\'s"]', ("it's",)),
        ("$['']", ("",)),
    ],
)
def test_a_path_is_read_step_by_step(path: str, steps: tuple[str | int, ...]) -> None:
    assert parse_path(path) == steps
    assert path_mistake(path) == ""


@pytest.mark.parametrize("path", ["", "type", "$type", "$.", "$..a", "$[x]", "$.a[", "$.a b", "$.a b]", "$[٣]", "$[1"])
def test_what_is_no_path_is_refused_with_a_sentence(path: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_path(path)
    assert path_mistake(path).startswith("expected")
    assert look_up({"type": 1}, path) is MISSING


def test_an_index_of_thousands_of_digits_is_no_path() -> None:
    assert path_mistake(f"$[{'9' * 5000}]")


@pytest.mark.parametrize(
    ("value", "path"), [("text", "$[0]"), ({"0": 1}, "$[0]"), ([1], "$.a"), ([1], "$[1]"), (1, "$.a")]
)
def test_a_step_that_does_not_fit_the_value_leads_nowhere(value: Any, path: str) -> None:
    assert look_up(value, path) is MISSING


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.from_regex(r"[a-z]{1,4}", fullmatch=True), inner),
    max_leaves=8,
)


def _paths(value: Any, path: str) -> list[tuple[str, Any]]:
    found = [(path, value)]
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _paths(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += _paths(inner, f"{path}[{index}]")
    return found


@given(json_values)
def test_every_value_is_found_at_its_own_path(value: Any) -> None:
    for path, expected in _paths(value, "$"):
        assert look_up(value, path) is expected


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (True, True, True),
        (True, 1, False),
        (0, False, False),
        (None, False, False),
        ([1, {"a": True}], [1, {"a": True}], True),
        ([1, {"a": True}], [1, {"a": 1}], False),
        ([1], (1,), True),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({}, [], False),
        ("1", 1, False),
    ],
)
def test_values_are_equal_as_json_says(one: Any, other: Any, equal: bool) -> None:
    assert json_equal(one, other) is equal
    assert json_equal(other, one) is equal
