"""Whatever a peer sends: a matcher says yes or no to it."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from wsmonitor.engine.heartbeats.message_match import LONGEST_MATCHED_BYTES, ReceivedText, matches
from wsmonitor.settings.endpoint_settings import MatchRule
from wsmonitor.settings.json_path import MISSING, look_up

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=10,
)
paths = st.lists(
    st.sampled_from([".a", ".b", "['c']", "[0]", "[-1]", "[99999999999999999999]", ".a.b", "[1]"]), max_size=4
).map(lambda steps: "$" + "".join(steps))
rules = st.builds(
    MatchRule,
    path=paths | st.text(max_size=6),
    op=st.sampled_from(["eq", "ne", "in", "exists", "text_eq"]),
    value=json_values,
) | st.builds(MatchRule, path=paths, op=st.just("regex"), value=st.sampled_from(["", "a+", "^x$", "[0-9]", "(?i)P"]))


@given(
    data=st.binary(max_size=100) | json_values.map(json.dumps).map(str.encode), conditions=st.lists(rules, max_size=3)
)
@example(data=b"[" * 60_000, conditions=[MatchRule(path="$[0]")])
@example(data=b'{"a":' * 10_000, conditions=[MatchRule(path="$.a", op="ne", value=1)])
@example(data=b"1" * 60_000, conditions=[MatchRule(value=1)])
@example(data=b'"\\ud800"', conditions=[MatchRule(op="regex", value="x"), MatchRule(op="text_eq", value="x")])
@example(data=b"1e999", conditions=[MatchRule(op="in", value=[float("inf")])])
def test_conditions_hold_or_do_not(data: bytes, conditions: list[MatchRule]) -> None:
    assert matches(ReceivedText(data), conditions) in (True, False)


@given(value=json_values, path=paths | st.text(max_size=12))
def test_a_path_leads_somewhere_or_nowhere(value: object, path: str) -> None:
    found = look_up(value, path)

    assert found is MISSING or json.dumps(found) in json.dumps(value)


def test_a_message_longer_than_any_heartbeat_matches_nothing() -> None:
    data = b'{"type":"pong","x":"' + b"y" * LONGEST_MATCHED_BYTES + b'"}'

    assert not matches(ReceivedText(data), [MatchRule(path="$.type", value="pong")])
