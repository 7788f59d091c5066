"""The first message of a connection, sent when the session is ready and not before (story 5)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

PAUSES_S: Final = (0.0, 0.05, 0.1)
"""Before each of the three tries."""
_log = logging.getLogger(__name__)


async def send_when_ready(send: Callable[[], Awaitable[None]], ready: Callable[[], bool], *, name: str) -> bool:
    """True once `send` was done; false, with the only error line, if the last try found the session not ready."""
    for attempt, pause_s in enumerate(PAUSES_S, 1):
        await asyncio.sleep(pause_s)
        if ready():
            await send()
            _log.debug("%s: welcome sent at try %d", name, attempt)
            return True
        _log.debug("%s: not ready for the welcome at try %d of %d", name, attempt, len(PAUSES_S))
    _log.error("%s: no welcome: the session was not ready after %d tries", name, len(PAUSES_S))
    return False
