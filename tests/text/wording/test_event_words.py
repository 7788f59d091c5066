from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest

from tests.analysis.facts import NAME, closed, message, missed, ms, ns, open_failed, queued, state
from wsmonitor.facts.events import (
    AnyEvent,
    BreakerChanged,
    ClockJump,
    Control,
    Disruption,
    MessageStatus,
    NetworkChanged,
    PhaseDone,
    ProbeLost,
    State,
)
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.settings.endpoint_settings import NS
from wsmonitor.text.wording.event_words import severity, words


def event(type_: type[msgspec.Struct], /, **facts: object) -> AnyEvent:
    made: AnyEvent = msgspec.convert({"type": type_.__struct_config__.tag, "at_ns": ns(0)} | facts, type=AnyEvent)
    return made


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (message(0, payload=b"hi\n"), "↓ text, 3 bytes: hi⏎"),
        (message(0, direction="tx", payload=b""), "↑ text, 0 bytes"),
        (state(0, State.OPEN, old=State.UPGRADING), "upgrading → open"),
        (
            state(0, State.BACKOFF, old=State.OPEN, attempt=3, retry_in_ns=2_400_000_000, cause="FIN"),
            "open → backoff, attempt 3, next in 2.4 s: FIN",
        ),
        (missed(0), "WebSocket ping unanswered for 10.0 s"),
        (missed(0, kind="app", consecutive=2), "application heartbeat unanswered for 10.0 s, 2 in a row"),
        (open_failed(0), "could not connect (tcp, after 2.0 ms): connection refused"),
        (
            open_failed(0, error="HTTP 400 Bad Request", status=400, detail={"body": "no room of that name\n"}),
            "could not connect (tcp, after 2.0 ms): HTTP 400 Bad Request (no room of that name)",
        ),
        (
            open_failed(0, error="HTTP 503 Service Unavailable", status=503, retry_after_ns=20 * NS),
            "could not connect (tcp, after 2.0 ms): HTTP 503 Service Unavailable; told to come back after 20.0 s",
        ),
        (queued(0, 1), "1 message waiting (10 bytes)"),
        (
            event(
                TapListening, endpoint=NAME, upstream="ws://h/", url="ws://10.1.1.1:9001/", addresses=["0.0.0.0:9001"]
            ),
            "listening: give ws://10.1.1.1:9001/ to your client (on this machine also ws://127.0.0.1:9001/); "
            "it leads to ws://h/",
        ),
        (
            event(
                TapListening, endpoint=NAME, upstream="ws://h/", url="ws://localhost:9001/", addresses=["[::1]:9001"]
            ),
            "listening: give ws://localhost:9001/ to your client; it leads to ws://h/",
        ),
        (event(ProbeLost, reason="killed by signal 9"), "measurement stopped: killed by signal 9"),
        (event(ClockJump, kind="sleep", gap_ns=3_600 * NS), "the machine slept for 1 h 00 min"),
        (
            event(Control, endpoint=NAME, direction="rx", opcode=8, payload="A+jigJ0="),
            "↓ Close 1000: ”",
        ),
        (
            event(Control, endpoint=NAME, direction="tx", opcode=10, payload="MTI=", suppressed=True),
            "↑ pong, 2 bytes (held back: pongs are muted)",
        ),
        (
            event(PhaseDone, endpoint=NAME, phase="tls", duration_ns=ms(12), detail={"version": "TLSv1.3"}),
            "TLS established after 12 ms: version TLSv1.3",
        ),
        (
            event(Disruption, endpoint=NAME, kind="stall", phase="started", argument="5"),
            "forced stall for 5 s begins",
        ),
        (
            event(MessageStatus, endpoint=NAME, message_id=7, status="unknown"),
            "message 7 may or may not have arrived",
        ),
        (
            event(MessageStatus, endpoint=NAME, message_id=7, status="acked", reason="a later ping was answered"),
            "message 7 was read by the peer: a later ping was answered",
        ),
        (
            event(NetworkChanged, endpoint=NAME, old_address="10.0.0.2", new_address=""),
            "local address changed from 10.0.0.2 to none",
        ),
        (
            event(BreakerChanged, endpoint=NAME, state="open", reason="5 failures in 60 s"),
            "dialling slowed down by the circuit breaker: 5 failures in 60 s",
        ),
    ],
)
def test_an_event_reads_as_one_plain_sentence(fact: AnyEvent, text: str) -> None:
    assert words(fact) == text


def _example(kind: object, facts: dict[type, object]) -> object:
    """A value of that type, its texts hostile."""
    arguments = get_args(kind)
    if get_origin(kind) is tuple:
        return ["x"]
    if get_origin(kind) is Literal:
        return arguments[0]
    plain: Any = arguments[0] if arguments else kind
    return _example(plain, facts) if get_args(plain) else facts.get(plain, "idle")


def test_every_event_has_words() -> None:
    facts = {
        int: 1, str: "x\n\u202e", bool: True, bytes: "AAAA",
    }  # fmt: skip
    for kind in get_args(AnyEvent):
        if {"verdict", "answer"} & set(kind.__struct_fields__):
            continue
        given = {
            field.encode_name: _example(field.type, facts) for field in msgspec.structs.fields(kind) if field.required
        }

        text = words(event(kind, **given))

        assert text
        assert "\n" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize(
    ("fact", "level"),
    [
        (closed(0), "warning"),
        (closed(0, forced="tcp_reset", by="disruption"), "info"),
        (closed(0, by="stop"), "info"),
        (open_failed(0), "warning"),
        (open_failed(0, fatal=True), "problem"),
        (state(0, State.FAILED), "problem"),
        (state(0, State.DEGRADED), "warning"),
        (state(0, State.OPEN), "info"),
        (missed(0), "warning"),
    ],
)
def test_only_what_nobody_wanted_is_more_than_info(fact: AnyEvent, level: str) -> None:
    assert severity(fact) == level
