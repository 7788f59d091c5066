"""Waiting for what happens outside of this process: nothing wakes us, so it is looked at again, up to a limit.

No test sleeps anywhere else (`test_sleepless.py`): what happens inside has an event to wait for, or a clock of ours.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Fact = TypeVar("Fact")
LIMIT_S = 25.0
AGAIN_S = 0.01


def until(
    what: str, look: Callable[[], Fact | None], *, limit_s: float = LIMIT_S, clock: Callable[[], float] = time.monotonic
) -> Fact:
    """Look until there is something true, and give it. Fails after `limit_s`, naming `what` was waited for."""
    deadline_s = clock() + limit_s
    while True:
        now_s = clock()  # before looking: what holds us up in between is no reason to fail
        if fact := look():
            return fact
        assert now_s < deadline_s, f"{what}: not within {limit_s:g} s"
        time.sleep(AGAIN_S)


async def until_async(what: str, holds: Callable[[], bool | Awaitable[bool]], *, limit_s: float = LIMIT_S) -> None:
    """Look until it holds, while our own loop goes on. Fails after `limit_s`, naming `what` was waited for."""
    deadline_s = time.monotonic() + limit_s
    while not (found if isinstance(found := holds(), bool) else await found):
        assert time.monotonic() < deadline_s, f"{what}: not within {limit_s:g} s"
        await asyncio.sleep(AGAIN_S)
