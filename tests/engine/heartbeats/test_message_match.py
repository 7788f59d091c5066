"""Conditions on received messages."""

import json
from typing import Any

import pytest

from wsmonitor.engine.heartbeats.message_match import (
    LONGEST_MATCHED_BYTES,
    ReceivedText,
    matches,
)
from wsmonitor.settings.endpoint_settings import MatchRule

PONG = b'{"type":"pong","id":"7","items":[{"n":1},{"n":2}],"gone":null,"on":true}'


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
        ({"path": "$.on", "op": "eq", "value": True}, True),
        ({"path": "$.on", "op": "eq", "value": 1}, False),
        ({"path": "$.on", "op": "ne", "value": 1}, True),
        ({"path": "$.on", "op": "in", "value": [1, 2]}, False),
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


@pytest.mark.parametrize("path", ["$", "$.type"])
def test_a_text_that_the_peer_made_for_the_expression_is_answered_at_once(path: str) -> None:
    received = ReceivedText(b'{"type": "' + b"a" * 5_000 + b'!"}')

    assert not matches(received, [MatchRule(path=path, op="regex", value="(a+)+$")])


def test_an_expression_that_is_none_matches_nothing() -> None:
    assert not matches(ReceivedText(b"a(b"), [MatchRule(path="$", op="regex", value="a(")])
