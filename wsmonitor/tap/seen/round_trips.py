"""Pure: pings and their pongs, of either side, matched by payload (RFC 6455, 5.5.3)."""

from collections import deque
from dataclasses import dataclass

PINGS_KEPT = 256


@dataclass(slots=True)
class _Ping:
    payload: bytes
    sent_ns: int
    is_missed: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """A pong came to a ping that left at `sent_ns`; `late` if that had counted as missed."""

    sent_ns: int
    late: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """No pong came in time; `consecutive` counts in a row."""

    sent_ns: int
    consecutive: int


class Pings:
    """The pings of one side that wait for a pong.

    A pong answers the newest ping with its payload, and with it all before: a side may answer only the last.
    """

    __slots__ = ("_consecutive", "_timeout_ns", "_waiting")

    def __init__(self, timeout_ns: int) -> None:
        self._timeout_ns = timeout_ns
        self._waiting: deque[_Ping] = deque(maxlen=PINGS_KEPT)
        self._consecutive = 0

    def asked(self, payload: bytes, sent_ns: int) -> None:
        """A ping left."""
        self._waiting.append(_Ping(payload, sent_ns))

    def answered(self, payload: bytes) -> Answered | None:
        """A pong came; `None` for one that nobody asked for.

        Of several pings with one payload the oldest that is not missed is meant: pongs keep their order.
        """
        fitting = [ping for ping in self._waiting if ping.payload == payload]
        if not fitting:
            return None
        ping = next((one for one in fitting if not one.is_missed), fitting[-1])
        while self._waiting.popleft() is not ping:
            pass
        self._consecutive = 0
        return Answered(ping.sent_ns, ping.is_missed)

    def elapse(self, now_ns: int) -> list[Missed]:
        """Pings that were not answered in time, each told once."""
        missed = []
        for ping in self._waiting:
            if now_ns - ping.sent_ns < self._timeout_ns:
                break
            if not ping.is_missed:
                ping.is_missed = True
                self._consecutive += 1
                missed.append(Missed(ping.sent_ns, self._consecutive))
        return missed

    def forget(self) -> None:
        """The end has begun: nothing that waits will count as missed."""
        self._waiting.clear()
