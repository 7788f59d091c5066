"""What every fact has: when it was true, and, where it is about an endpoint, which one."""

import re
from typing import ClassVar, Literal

from msgspec import Struct

from wsmonitor.facts.numbers import Ordinal, Whole

Direction = Literal["rx", "tx"]


def snake_case(name: str) -> str:
    """`RttSample` -> `rtt_sample`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Event(Struct, frozen=True, kw_only=True, tag_field="type", tag=snake_case):
    """A fact with the monotonic time, in nanoseconds, at which it was true."""

    is_sample: ClassVar[bool] = False
    """One of many: it may be left out, and counted, where too much waits; no verdict rests on it."""
    at_ns: Whole


class EndpointEvent(Event, frozen=True, kw_only=True):
    """A fact about one endpoint.

    `endpoint` is its unique name. `connection` counts the opens of the endpoint (0 before the first;
    the event that opens a connection already carries its number). `slot` tells the parallel
    connections of one endpoint apart, 0 to N-1.
    """

    endpoint: str
    connection: Ordinal = 0
    slot: Ordinal = 0
