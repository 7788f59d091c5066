"""Pure: which received messages become events, and which with payload, while the reader of events is behind.

A peer can send more than anybody can look at. What would be dropped later is then let by at once, before
it costs anything, and counted: all messages are still received, checked and answered. So many are let
through as are taken: a bit more every while, half as many as soon as too much waits. Payloads go first.
"""

import sys

from wsmonitor.facts.tally import Tally

ALL = sys.maxsize
FIRST_SHARE = 200
LEAST_SHARE = 20


class Share:
    """Lets things through: all, or so many in each while (`refill` begins one)."""

    __slots__ = ("_left", "_share", "_unseen")

    def __init__(self) -> None:
        self._share = self._left = ALL
        self._unseen = 0

    def admits(self) -> bool:
        """True if this one is let through; otherwise it is counted."""
        if self._left > 0:
            self._left -= 1
            return True
        self._unseen += 1
        return False

    def refill(self, *, overflowed: bool, behind: bool) -> int:
        """A new while begins; how many were let by in the last one.

        `overflowed`: some were dropped meanwhile for want of room; `behind`: much still waits.
        """
        unseen, self._unseen = self._unseen, 0
        if self._share == ALL:
            self._share = FIRST_SHARE if overflowed else ALL
        elif behind:
            self._share = max(LEAST_SHARE, self._share // 2)
        else:
            self._share = self._share + self._share // 16 + 1 if unseen else ALL
        self._left = self._share
        return unseen


class Admission:
    """The shares of one reader, for all connections together, and the messages that were let by."""

    __slots__ = ("messages", "payloads", "unlisted")

    def __init__(self) -> None:
        self.messages = Share()
        self.payloads = Share()
        self.unlisted = Tally()
