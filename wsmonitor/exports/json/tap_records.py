"""The fields of the records that only a tap has."""

from typing import Any

from wsmonitor.facts.event import EndpointEvent
from wsmonitor.facts.tap_events import TapEvent


def tap_body(event: TapEvent) -> dict[str, Any]:
    """What `event` adds to what every record has; durations in milliseconds, silences in seconds."""
    body: dict[str, Any] = {}
    for name in event.__struct_fields__:
        if name in EndpointEvent.__struct_fields__:
            continue
        value = getattr(event, name)
        if name.startswith("silence_"):
            body[name.removesuffix("_ns") + "_s"] = value / 1e9
        elif name.endswith("_ns"):
            body[name.removesuffix("_ns") + "_ms"] = None if value is None else value / 1e6
        else:
            body[name] = value
    return body
