"""What the draws of all sorts of faults share: how a client is set up, and how long a run takes."""

import random
from collections.abc import Callable
from typing import Any, Final

from tests.real.case import Case, Voice
from tests.real.software import Kind

Dice = random.Random
Draw = Callable[[Kind, Dice], Case]

_SAID: Final = '{"type":"say","n":${seq},"text":"as every half a second, and nothing new"}'
_AS_IT_COMES: Final = 0.5
_PAUSES_S: Final = 20.0
"""So much longer runs take where pauses between dials grow."""


def endpoint_of(dice: Dice, *, pings: bool | None = None, **more: Any) -> dict[str, Any]:
    """A client with every setting as it comes, or one that pings and dials quickly; `more` is set either way."""
    given = {"limits": {"capture_bytes": 96}, "proxy": "none"}
    if pings is not False and dice.random() < _AS_IT_COMES:
        return given | more
    pings = dice.random() < 0.5 if pings is None else pings
    ping = {"enabled": pings, "interval_s": round(dice.uniform(0.4, 0.9), 2), "timeout_s": 2.0}
    return given | {"ping": ping, "retry": {"base_s": 0.2, "cap_s": 0.8, "breaker": False}} | more


def case_of(  # noqa: PLR0917  # a draw is read as a line of a table
    fault: str, kind: Kind, dice: Dice, limit_s: float, voice: Voice, plan: dict[str, Any], **more: Any
) -> Case:
    """A run that lasts for about five ends at this limit."""
    seconds = more.pop("seconds", max(10.0, min(60.0, 5.5 * (limit_s + 1.5))))
    if plan.get("code") in (1001, 1008) and fault not in ("healthy", "full"):
        seconds = 75.0  # after these nobody dials again at once
    endpoint = more.pop("endpoint", None) or endpoint_of(dice)
    if "retry" not in endpoint and fault != "healthy":
        seconds += _PAUSES_S
    if voice == "regular":
        endpoint["traffic"] = {"messages": [_SAID], "every_s": round(dice.uniform(0.3, 1.2), 2)}
    return Case(fault=fault, kind=kind, seconds=seconds, plan=plan, voice=voice, endpoint=endpoint, limit_s=limit_s,
                **more)  # fmt: skip
