"""Named timers of one connection."""

import asyncio
from collections.abc import Callable


class Timers:
    """Each name runs once at a time."""

    def __init__(self) -> None:
        self.running: dict[str, asyncio.TimerHandle] = {}

    def later(self, name: str, seconds: float, act: Callable[[], None]) -> None:
        """Act once."""
        self.running[name] = asyncio.get_running_loop().call_later(seconds, act)

    def every(self, name: str, seconds: float, act: Callable[[], None]) -> None:
        """Act again and again until cancelled."""

        def again() -> None:
            self.later(name, seconds, again)
            act()

        self.later(name, seconds, again)

    def cancel(self, name: str) -> None:
        """Not any more."""
        if name in self.running:
            self.running.pop(name).cancel()

    def cancel_all(self) -> None:
        """None any more."""
        for name in list(self.running):
            self.cancel(name)
