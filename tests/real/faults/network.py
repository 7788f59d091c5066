"""Draws runs whose network is cut: by the far side, by a wire, by our own machine."""

import random
from typing import Final

from tests.real.case import Case, Step
from tests.real.faults.drawing import endpoint_of
from tests.real.software import Kind

_WHILE_OPEN: Final = ("far_drop", "link_down", "own_drop", "own_reject", "own_reset", "unreachable", "far_reject")
_BEFORE: Final = ("far_drop", "unreachable", "own_drop", "own_reject", "own_reset", "far_reject")


def cases_of(kinds: list[Kind], dice: random.Random) -> list[Case]:
    """Each while connections are open, and most before the first one."""
    cases = []
    for what in _WHILE_OPEN:
        endpoint = endpoint_of(dice, pings=True, connect={"timeout_s": 2.0})
        if "ping" in endpoint:
            endpoint["ping"] |= {"interval_s": 1.0, "timeout_s": 1.5, "max_missed": 2}
        seconds = 24.0 if "ping" in endpoint else 60.0
        steps = (Step(after_s=dice.uniform(4.0, 6.0), what=what),)
        cases.append(Case(fault=what, kind=dice.choice(kinds), seconds=seconds, voice=dice.choice(("chat", "silent")),
                          endpoint=endpoint, steps=steps, network=what))  # fmt: skip
    for what in _BEFORE:
        endpoint = endpoint_of(dice, connect={"timeout_s": 2.0})
        steps = (Step(after_s=-1.0, what=what),)
        cases.append(Case(fault=f"{what}_from_start", kind=dice.choice(kinds), seconds=14.0, endpoint=endpoint,
                          steps=steps, network=what))  # fmt: skip
    cases.append(Case(fault="healthy", kind=dice.choice(kinds), seconds=12.0, voice="chat", endpoint=endpoint_of(dice),
                      network="none"))  # fmt: skip
    return cases
