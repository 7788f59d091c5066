"""The fields that filters compare: what each is called, what kind of value it has, and where an event has it."""

from collections.abc import Callable
from typing import Final, Literal

from msgspec import Struct

from wsmonitor.facts.events import (
    AnyEvent,
    ConnectionClosed,
    Control,
    EndpointEvent,
    HeartbeatMissed,
    Message,
    OpenFailed,
    PhaseDone,
    RttSample,
    StateChanged,
    Verdict,
)
from wsmonitor.text.redact import redact_text
from wsmonitor.text.wording.closure_words import how_with_code, who_in_full
from wsmonitor.text.wording.event_words import severity
from wsmonitor.text.wording.opening_words import obstacle

Kind = Literal["count", "size", "duration", "text"]
Value = int | str
OPCODES: Final = {"text": 1, "binary": 2, "close": 8, "ping": 9, "pong": 10}


class Field(Struct, frozen=True):
    """One name; `read` gives the values that an event has of it, none where it has none. Durations are nanoseconds."""

    kind: Kind
    meaning: str
    read: Callable[[AnyEvent], tuple[Value, ...]]


def _size(event: AnyEvent) -> tuple[Value, ...]:
    if isinstance(event, Message):
        return (event.size_bytes,)
    return (len(event.payload),) if isinstance(event, Control) else ()


def _codes(event: AnyEvent) -> tuple[Value, ...]:
    if isinstance(event, Control) and event.opcode == OPCODES["close"]:
        return (int.from_bytes(event.payload[:2], "big") if len(event.payload) >= 2 else 1005,)
    verdict = _verdict(event)
    if verdict is None:
        return ()
    return tuple(code for code in (verdict.received_code, verdict.sent_code) if code is not None)


def _reasons(event: AnyEvent) -> tuple[Value, ...]:
    if isinstance(event, Control) and event.opcode == OPCODES["close"]:
        return (event.payload[2:].decode("utf-8", "replace"),)
    if isinstance(event, OpenFailed):
        return (redact_text(event.error),)
    if isinstance(event, StateChanged):
        return (redact_text(event.cause),) if event.cause else ()
    verdict = _verdict(event)
    if verdict is None:
        return ()
    return tuple(reason for reason in (verdict.received_reason, verdict.sent_reason) if reason is not None)


def _verdict(event: AnyEvent) -> Verdict | None:
    return event.verdict if isinstance(event, ConnectionClosed) else None


def _of_verdict(read: Callable[[Verdict], tuple[Value, ...]]) -> Callable[[AnyEvent], tuple[Value, ...]]:
    def values(event: AnyEvent) -> tuple[Value, ...]:
        return read(event.verdict) if isinstance(event, ConnectionClosed) else ()

    return values


def _who(event: AnyEvent) -> tuple[Value, ...]:
    if isinstance(event, OpenFailed):
        return (obstacle(event)[0],)
    return (event.verdict.initiator, who_in_full(event.verdict)) if isinstance(event, ConnectionClosed) else ()


def _how(event: AnyEvent) -> tuple[Value, ...]:
    if isinstance(event, OpenFailed):
        return (obstacle(event)[1], event.phase)
    return (event.verdict.mechanism, how_with_code(event.verdict)) if isinstance(event, ConnectionClosed) else ()


def _kinds(event: AnyEvent) -> tuple[Value, ...]:
    """What holds of an ending, in one word each."""
    if isinstance(event, OpenFailed):
        return ("failed",)
    verdict = _verdict(event)
    if verdict is None:
        return ()
    holds = {"loss": verdict.is_loss, "clean": verdict.clean, "ours": verdict.is_ours, "forced": bool(verdict.forced)}
    return tuple(word for word, is_so in holds.items() if is_so)


def _took(event: AnyEvent) -> tuple[Value, ...]:
    return (event.duration_ns,) if isinstance(event, PhaseDone | OpenFailed) else ()


def _status(event: AnyEvent) -> tuple[Value, ...]:
    return (event.status,) if isinstance(event, OpenFailed) and event.status is not None else ()


def _payload(event: AnyEvent) -> tuple[Value, ...]:
    return (event.payload.decode("utf-8", "replace"),) if isinstance(event, Message | Control) else ()


FIELDS: Final[dict[str, Field]] = {
    "size": Field("size", "bytes of a message, or of a control frame's payload", _size),
    "payload": Field("text", "what a message or a control frame holds, as far as it was captured", _payload),
    "code": Field("count", "close code, received or sent", _codes),
    "reason": Field("text", "reason of a Close, error of a failed opening, cause of a change of state", _reasons),
    "lived": Field("duration", "how long an ended connection was open", _of_verdict(lambda one: (one.life_ns,))),
    "silent_rx": Field(
        "duration", "how long nothing had come before the end", _of_verdict(lambda one: (one.silence_rx_ns,))
    ),
    "silent_tx": Field(
        "duration", "how long nothing had been sent before the end", _of_verdict(lambda one: (one.silence_tx_ns,))
    ),
    "who": Field("text", "who ended it: local, peer, os, unknown, or the words of the table", _who),
    "how": Field("text", "how it ended: close_frame, fin, rst, timeout, abort, or the words of the table", _how),
    "is": Field("text", "of an ending: loss, clean, ours, forced; failed for an opening that failed", _kinds),
    "status": Field("count", "HTTP status of a failed opening", _status),
    "took": Field("duration", "how long a phase of the opening took", _took),
    "rtt": Field(
        "duration", "a round trip", lambda event: (event.round_trip_ns,) if isinstance(event, RttSample) else ()
    ),
    "misses": Field(
        "count",
        "heartbeats missed in a row",
        lambda event: (event.consecutive,) if isinstance(event, HeartbeatMissed) else (),
    ),
    "state": Field(
        "text",
        "the state that a connection came into",
        lambda event: (event.new.value,) if isinstance(event, StateChanged) else (),
    ),
    "type": Field(
        "text",
        "the event's name, as `watch -o json` writes it",
        lambda event: (str(type(event).__struct_config__.tag),),
    ),
    "severity": Field("text", "info, warning or problem", lambda event: (severity(event),)),
    "endpoint": Field(
        "text", "the endpoint's name", lambda event: (event.endpoint,) if isinstance(event, EndpointEvent) else ()
    ),
    "connection": Field(
        "count",
        "which connection of the endpoint",
        lambda event: (event.connection,) if isinstance(event, EndpointEvent) else (),
    ),
    "finding": Field("text", "the finding that explains an ending; only in the Closures tab", lambda event: ()),
}
"""Name -> field, in the order in which they are explained."""
