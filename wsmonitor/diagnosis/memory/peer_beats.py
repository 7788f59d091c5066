"""The server's own heartbeat on one connection: its pings, and its messages that ask whether we are there."""

import re
from collections import deque

_ASKS = re.compile(
    rb"^\s*\"?(2|#1|ping)\"?\s*$|(?<![a-z])(ping|heart-?beat|keep-?alive|are you there)\b", re.IGNORECASE
)
_ASKS_AGAIN = re.compile(rb"^\s*(\{\})?\s*$")
"""SocketCluster asks with an empty message, Centrifugo with `{}`: said once, either may mean anything."""
_ANSWERS = re.compile(rb"^\s*\"?3\"?\s*$|pong|heart-?beat|keep-?alive|\back\b", re.IGNORECASE)
_LOOKED_AT = 80
_REMEMBERED = 8


class PeerBeats:
    """What the server asked, and whether we answered; constant size. Times are monotonic nanoseconds."""

    __slots__ = ("_empty", "answered_ns", "asked", "asked_head", "asked_ns", "pings", "pings_ns")

    def __init__(self) -> None:
        self.pings = 0
        self.pings_ns: deque[int] = deque(maxlen=_REMEMBERED)
        """When its last protocol pings came."""
        self._empty = 0
        self.asked = 0
        self.asked_ns: deque[int] = deque(maxlen=_REMEMBERED)
        """When its last heartbeat messages came."""
        self.asked_head = b""
        self.answered_ns: int | None = None
        """When we last sent what looks like the answer to one."""

    def ping(self, at_ns: int) -> None:
        """A protocol ping came."""
        self.pings += 1
        self.pings_ns.append(at_ns)

    def received(self, at_ns: int, payload: bytes, size_bytes: int, *, may_answer: bool = False) -> None:
        """A message came: is it a heartbeat? An empty one that `may_answer` what we just said is none."""
        if size_bytes > _LOOKED_AT:
            return
        is_whole = len(payload) == size_bytes  # a recording without payloads has none of any message
        is_empty = is_whole and not may_answer and _ASKS_AGAIN.search(payload) is not None
        self._empty += is_empty
        if (is_empty and self._empty > 1) or _ASKS.search(payload):
            self.asked += 1
            self.asked_ns.append(at_ns)
            self.asked_head = payload

    def sent(self, at_ns: int, payload: bytes, size_bytes: int) -> None:
        """A message of ours left: does it answer one?"""
        if self.asked and size_bytes <= _LOOKED_AT:
            head = payload[:_LOOKED_AT]
            if _ANSWERS.search(head) or head == self.asked_head:
                self.answered_ns = at_ns

    @property
    def unanswered(self) -> int:
        """How many heartbeat messages we have not answered, as far as is remembered."""
        after_ns = -1 if self.answered_ns is None else self.answered_ns
        return sum(at_ns > after_ns for at_ns in self.asked_ns)
