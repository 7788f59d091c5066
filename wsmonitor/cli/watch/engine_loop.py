"""What every command that measures in its own process needs: the loop, the engine, and a way to end early."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, TypeVar

from wsmonitor.cli.watch.run import Ending, Publish
from wsmonitor.engine.clocks import asyncio_log

if TYPE_CHECKING:
    from wsmonitor.engine.monitor import Monitor

SWITCH_S = 0.0002
"""A thread that words or folds gives way to the measuring loop after so long (Python's default is 5 ms)."""

Outcome = TypeVar("Outcome")


def run_loop(coroutine: Coroutine[object, object, Outcome]) -> Outcome:
    """Run `coroutine` in a loop of its own, undisturbed by other threads as far as Python can."""
    asyncio_log.hush()
    before_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    try:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            return runner.run(coroutine)
    finally:
        sys.setswitchinterval(before_s)


def engine(publish: Publish) -> "Monitor":
    """The engine, for the loop that runs."""
    from wsmonitor.engine.monitor import Monitor

    return Monitor(publish)


class Stop:
    """Ends the run from any thread, also one that has not begun yet."""

    def __init__(self) -> None:
        self._ending: Ending | None = None
        self._is_asked = False

    def because(self, _: BaseException) -> None:
        """Something failed; who failed remembers what."""
        self._is_asked = True
        if self._ending is not None:
            self._ending.ask()

    def started(self, ending: Ending) -> None:
        """The run begins; from now on it can be ended."""
        self._ending = ending
        if self._is_asked:
            ending.ask()
