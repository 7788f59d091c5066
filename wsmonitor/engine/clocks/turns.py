"""Many connections to one host open in turns: all at once would take so long that each of them times out."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable

AT_ONCE = 64
"""Below what servers let wait for their `accept`: 100 and more."""


class Turns:
    """Lets dials begin in the order in which they were asked for; at once, where few are under way to that host."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Callable[[], None]]] = defaultdict(deque)
        self._under_way: dict[str, int] = defaultdict(int)

    def take(self, host_port: str, begin: Callable[[], None]) -> None:
        """Call `begin` once it may dial, now or later."""
        self._waiting[host_port].append(begin)
        self._go_on(host_port)

    def began(self, host_port: str) -> None:
        """A dial is under way, whoever asked for it."""
        self._under_way[host_port] += 1

    def ended(self, host_port: str) -> None:
        """It opened, failed, or was given up."""
        self._under_way[host_port] -= 1
        if self._waiting[host_port]:
            asyncio.get_running_loop().call_soon(self._go_on, host_port)

    def _go_on(self, host_port: str) -> None:
        waiting = self._waiting[host_port]
        while waiting and self._under_way[host_port] < AT_ONCE:
            waiting.popleft()()
