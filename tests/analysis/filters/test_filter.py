"""Which events pass a filter."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.facts.builders import verdict
from tests.settings.conditions.test_grammar import pieces
from wsmonitor.analysis.filters.filter import EVENTS, compile_filter
from wsmonitor.facts.events import (
    AnyEvent,
    ConnectionClosed,
    Control,
    Direction,
    Message,
    OpenFailed,
    RttSample,
)
from wsmonitor.settings.conditions.grammar import FilterError
from wsmonitor.settings.endpoint_settings import NS


def text(payload: str, direction: Direction = "rx", size: int | None = None) -> Message:
    data = payload.encode()
    size_bytes = len(data) if size is None else size
    return Message(
        at_ns=1, endpoint="a", direction=direction, opcode=1, size_bytes=size_bytes, wire_bytes=9, payload=data
    )


def closed(code: int | None = 1011, reason: str = "out of memory", life_s: float = 75.4) -> ConnectionClosed:
    how = verdict(
        mechanism="close_frame",
        received_code=code,
        received_reason=reason,
        sent_code=code,
        sent_reason="",
        clean=True,
        life_ns=int(life_s * NS),
        silence_rx_ns=20 * NS,
        silence_tx_ns=NS,
    )
    return ConnectionClosed(at_ns=1, endpoint="api", connection=7, verdict=how)


TICK = text('{"type":"tick","n":3,"deep":{"ok":true,"none":null}}')
PONG = Control(at_ns=1, endpoint="a", direction="tx", opcode=10, payload=b"1234")
CLOSE = Control(at_ns=1, endpoint="a", direction="rx", opcode=8, payload=b"\x03\xf3out of memory")
FAILED = OpenFailed(at_ns=1, endpoint="a", phase="http", error="HTTP 403", duration_ns=NS, status=403)


@pytest.mark.parametrize(
    ("wanted", "event", "passes"),
    [
        ("rx & size>1k", text("x", size=1001), True),
        ("rx & size>1k", text("x", size=1000), False),
        ("rx & size>1k", text("x", direction="tx", size=2000), False),
        ("size:1.5kB", text("x", size=1500), True),
        ("size<=4", PONG, True),
        ("code:1011 & lived<80s", closed(), True),
        ("code:1011 & lived<10s", closed(), False),
        ("code:1011", CLOSE, True),
        ("code!=1011", closed(), False),
        ("code!=1000", closed(), True),
        ("code!=1000", closed(None), False),
        ("!code:1000", closed(None), True),
        ("code>=4000", closed(4001), True),
        ("lived:75s", closed(), True),
        ("lived:75.4s", closed(), True),
        ("lived:75.3s", closed(), False),
        ("lived>1m silent_rx>=20s", closed(), True),
        ("reason:memory", closed(), True),
        ("reason==memory", closed(), False),
        ('reason=="Out of Memory"', closed(), True),
        ("reason~/^out.*y$/", closed(), True),
        ("who:peer how:close_frame is:loss endpoint:api connection:7", closed(), True),
        ("is:loss", closed(1000), False),
        ("status>=400 is:failed took:1s", FAILED, True),
        ("rtt>50ms", RttSample(at_ns=1, endpoint="a", kind="ws", round_trip_ns=51_000_000), True),
        ("rtt>50ms", RttSample(at_ns=1, endpoint="a", kind="ws", round_trip_ns=50_000_000), False),
        ("type:rtt", RttSample(at_ns=1, endpoint="a", kind="ws", round_trip_ns=1), True),
        ("severity:warning", FAILED, True),
        ('$.type == "tick"', TICK, True),
        ("$.type == tick", TICK, True),
        ("$.type != tock", TICK, True),
        ("$.missing != tock", TICK, False),
        ("$.n>2 $.n<=3", TICK, True),
        ("$.n == 3.0", TICK, True),
        ('$.n == "3"', TICK, False),
        ("$.deep.ok == true", TICK, True),
        ("$.deep.ok == 1", TICK, False),
        ("$.deep.none", TICK, True),
        ("$.deep.other", TICK, False),
        ("$.type ~ /^TI/", TICK, True),
        ("$.type", text("no json"), False),
        ("$.n", text('{"n":3,"x"'), False),
        ("!pong", PONG, False),
        ("(ping | pong) tx", PONG, True),
        ('"close"', text("ping"), False),
        ('"ping"', text("ping"), True),
        ("payload:1234", PONG, True),
    ],
)
def test_an_event_passes_or_not(wanted: str, event: AnyEvent, passes: bool) -> None:
    test = compile_filter(wanted, EVENTS)

    assert test is not None
    assert test(event) is passes


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("size>big", "after size > expected a size such as 512, 1k or 2.5M, found 'big'"),
        ("lived<fast", "after lived < expected a duration"),
        ("code:abc", "after code : expected a whole number"),
        ("code~/1.*/", "code is a number"),
        ("reason<3", "reason is a text"),
        ("$.n > tick", "expected a number"),
    ],
)
def test_a_value_that_does_not_fit_its_field_is_told(wanted: str, said: str) -> None:
    with pytest.raises(FilterError) as raised:
        compile_filter(wanted, EVENTS)

    assert said in str(raised.value)


def test_a_text_that_makes_other_engines_take_for_ever_takes_no_time() -> None:
    test = compile_filter("/(a+)+$/", EVENTS)

    assert test is not None
    assert not test(text("a" * 5_000 + "!"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
payloads = st.binary(max_size=60) | json_values.map(json.dumps).map(str.encode)
events = st.sampled_from([closed(), closed(None), CLOSE, FAILED]) | st.builds(
    lambda payload, opcode: Message(
        at_ns=1, endpoint="a", direction="rx", opcode=opcode, size_bytes=len(payload), wire_bytes=1, payload=payload
    ),
    payloads | st.just(b"[" * 60_000),
    st.sampled_from([1, 2]),
)
values = st.sampled_from(["1", "10s", "1k", "x", '"a b"', "true", "null", "1e999", "/a|b/", "-3", "0.5m"])
names = st.sampled_from(["size", "code", "lived", "reason", "is", "who", "$.a", "$.a[0]", "$[-1]", "payload"])
terms = st.tuples(names, st.sampled_from(["==", "!=", "<", ">=", ":", "~"]), values).map("".join)


@given(wanted=terms | pieces, event=events)
def test_any_filter_says_yes_or_no_to_anything_a_peer_sends(wanted: str, event: AnyEvent) -> None:
    try:
        test = compile_filter(wanted, EVENTS)
    except FilterError:
        return

    assert test is None or test(event) in (True, False)


@given(wanted=terms, event=events)
def test_not_turns_yes_and_no_around(wanted: str, event: AnyEvent) -> None:
    try:
        test, opposite = compile_filter(wanted, EVENTS), compile_filter(f"!({wanted})", EVENTS)
    except FilterError:
        return

    assert test is not None
    assert opposite is not None
    assert test(event) is not opposite(event)
