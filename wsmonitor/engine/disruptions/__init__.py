"""Forced disconnects: one file each, one line in `DISRUPTIONS`. They appear in the menu by themselves."""

import sys
from typing import Any

from msgspec import Struct

from wsmonitor.engine.disruptions.disruption import Disruption, find
from wsmonitor.facts.errors import DisruptionError
from wsmonitor.facts.events import EVERYTHING, OFF
from wsmonitor.registry import entries

_NAMES = (
    "graceful_close",
    "hold_off",
    "tcp_close",
    "half_close",
    "tcp_reset",
    "stall",
    "kernel_blackhole",
    "mute_pongs",
    "invalid_frame",
)
DISRUPTIONS = entries(__name__, _NAMES, "DISRUPTION", Disruption)


class Order(Struct, frozen=True):
    """A disruption with its argument as read."""

    disruption: Disruption
    text: str
    argument: Any


class TakeBack(Struct, frozen=True):
    """The condition `kind` is to end, or its order not to be carried out; `None` means all there are."""

    kind: str | None


def parse(kind: str, text: str = "") -> Order | TakeBack:
    """Read a kind and its argument. Raises `DisruptionError` for what does not exist or make sense."""
    if kind == EVERYTHING and text == OFF:
        return TakeBack(None)
    disruption = find(DISRUPTIONS, kind)
    if disruption.platform and sys.platform != disruption.platform:
        raise DisruptionError(f"{kind} works on {disruption.platform} only; `stall` comes closest elsewhere")
    if disruption.needs_connection and text == OFF:
        return TakeBack(kind)
    try:
        return Order(disruption, text, disruption.parse(text))
    except ValueError as error:
        raise DisruptionError(f"{kind}: {error}") from error
