"""Conditions on received messages, and paths into JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.engine.heartbeats.message_match import (
    LONGEST_MATCHED_BYTES,
    MISSING,
    ReceivedText,
    look_up,
    matches,
    parse_path,
)
from wsmonitor.settings.endpoint_settings import MatchRule

PONG = b'{"type":"pong","id":"7","items":[{"n":1},{"n":2}],"gone":null}'


def holds(data: bytes, **rule: Any) -> bool:
    return matches(ReceivedText(data), [MatchRule(**rule)])


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"path": "$.type", "op": "eq", "value": "pong"}, True),
        ({"path": "$.type", "op": "eq", "value": "ping"}, False),
        ({"path": "$.missing", "op": "eq", "value": None}, False),
        ({"path": "$.type", "op": "ne", "value": "ping"}, True),
        ({"path": "$.missing", "op": "ne", "value": "ping"}, False),
        ({"path": "$.type", "op": "in", "value": ["pong", "ack"]}, True),
        ({"path": "$.type", "op": "in", "value": "a pong is in this text"}, False),
        ({"path": "$.type", "op": "regex", "value": "^p.ng$"}, True),
        ({"path": "$.items", "op": "regex", "value": "."}, False),
        ({"path": "$.gone", "op": "exists"}, True),
        ({"path": "$.missing", "op": "exists"}, False),
        ({"path": "$.missing", "op": "exists", "value": False}, True),
        ({"path": "$.items[1].n", "op": "eq", "value": 2}, True),
        ({"path": "$.items[-1].n", "op": "eq", "value": 2}, True),
        ({"path": "$['type']", "op": "eq", "value": "pong"}, True),
        ({"op": "regex", "value": "pong"}, True),
        ({"op": "text_eq", "value": "pong"}, False),
    ],
)
def test_each_condition(rule: dict[str, Any], expected: bool) -> None:
    assert holds(PONG, **rule) is expected


def test_plain_text_is_compared_as_it_is() -> None:
    assert holds(b"3", op="text_eq", value="3")
    assert not holds(b"3 ", op="text_eq", value="3")


def test_all_rules_must_hold_and_no_rules_match_nothing() -> None:
    pong = MatchRule(path="$.type", op="eq", value="pong")
    other = MatchRule(path="$.id", op="eq", value="8")

    assert matches(ReceivedText(PONG), [pong])
    assert not matches(ReceivedText(PONG), [pong, other])
    assert not matches(ReceivedText(PONG), [])


def test_what_is_no_json_or_too_long_matches_no_path() -> None:
    for data in (b"", b"{", b"\xff\xfe", b"[" * 10_000, json.dumps({"type": "x" * LONGEST_MATCHED_BYTES}).encode()):
        assert not holds(data, path="$.type", op="exists")


@pytest.mark.parametrize("path", ["type", "$type", "$.", "$..a", "$[x]", "$.a[", "$.a b]"])
def test_what_is_no_path_is_refused_when_read_and_leads_nowhere_when_used(path: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_path(path)
    assert look_up({"type": 1}, path) is MISSING


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
        assert look_up(value, path) == expected
