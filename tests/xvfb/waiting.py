"""Waiting for what other processes do: there is nothing to be woken by, so it is looked at again and again."""

import time
from collections.abc import Callable
from typing import TypeVar

Fact = TypeVar("Fact")
LIMIT_S = 25.0
_AGAIN_S = 0.05


def wait_for(what: str, look: Callable[[], Fact | None], limit_s: float = LIMIT_S) -> Fact:
    """Look until there is something; give it. Fails after `limit_s`, naming `what` was waited for."""
    deadline_s = time.monotonic() + limit_s
    while not (fact := look()):
        assert time.monotonic() < deadline_s, f"{what}: not within {limit_s:.0f} s"
        time.sleep(_AGAIN_S)
    return fact
