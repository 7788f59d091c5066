"""Events with only what matters to the channel."""

from tests.facts.builders import verdict
from wsmonitor.facts.events import (
    ConnectionClosed,
    LoopLag,
    Message,
    RttSample,
    State,
    StateChanged,
    Unlisted,
)


def rtt(at_ns: int = 0) -> RttSample:
    return RttSample(at_ns=at_ns, endpoint="e", kind="ws", round_trip_ns=1_000_000)


def lag(at_ns: int = 0) -> LoopLag:
    return LoopLag(at_ns=at_ns, lag_ns=5)


def message(payload: bytes = b"", at_ns: int = 0) -> Message:
    return Message(
        at_ns=at_ns,
        endpoint="e",
        direction="rx",
        opcode=1,
        size_bytes=len(payload),
        wire_bytes=len(payload) + 2,
        payload=payload,
    )


def unlisted(first_ns: int, last_ns: int, *, received: int, received_bytes: int) -> Unlisted:
    return Unlisted(
        endpoint="e",
        connection=0,
        slot=0,
        first_ns=first_ns,
        last_ns=last_ns,
        received=received,
        received_bytes=received_bytes,
        sent=0,
        sent_bytes=0,
    )


def changed(at_ns: int = 0) -> StateChanged:
    return StateChanged(at_ns=at_ns, endpoint="e", old=State.BACKOFF, new=State.RESOLVING, attempt=3)


def closed(at_ns: int = 0) -> ConnectionClosed:
    how = verdict(life_ns=1)
    return ConnectionClosed(at_ns=at_ns, endpoint="e", verdict=how)
