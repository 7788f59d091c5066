"""The end of our stdin: whoever started us closed it, or ended."""

import asyncio
import contextlib
import os
import sys
import threading


async def stdin_end() -> None:
    """Returns when stdin ends."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def read_to_end() -> None:
        with contextlib.suppress(OSError, ValueError):
            while os.read(sys.stdin.fileno(), 65536):
                pass
        with contextlib.suppress(RuntimeError):  # the loop may be closed already
            loop.call_soon_threadsafe(ended.set)

    # A daemon thread, because a read of stdin cannot be cancelled and not every stdin can be polled.
    threading.Thread(target=read_to_end, name="lab stdin", daemon=True).start()
    await ended.wait()
