"""Pure: faults on the bytes of one direction (`way.py`'s `Stage`)."""

import random
from collections import deque
from collections.abc import Callable, Iterator

from wsmonitor.settings.endpoint_settings import to_ns
from wsmonitor.tap.request.request_head import END

PIECE_S = 0.1
"""A narrow link passes pieces of at most so long."""
JOIN_LIMIT_NS = to_ns(2)
"""So long an answer waits for the frame that is to go with it."""


class Timed:
    """Holds pieces until their time, in order."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, bytes]] = deque()
        self.held_bytes = 0

    @property
    def due_ns(self) -> int | None:
        """When the oldest piece may pass."""
        return self._waiting[0][0] if self._waiting else None

    def push(self, data: bytes, now_ns: int) -> list[bytes]:
        """Give each piece its time; none passes before one that came earlier."""
        for due_ns, piece in self._times(data, now_ns):
            self._waiting.append((due_ns, piece))
            self.held_bytes += len(piece)
        return self.release(now_ns)

    def release(self, now_ns: int) -> list[bytes]:
        """What has come due."""
        passed = []
        while self._waiting and self._waiting[0][0] <= now_ns:
            _, piece = self._waiting.popleft()
            self.held_bytes -= len(piece)
            passed.append(piece)
        return passed

    def lift(self, now_ns: int) -> list[bytes]:
        """All of it, in order."""
        passed = [piece for _, piece in self._waiting]
        self._waiting.clear()
        self.held_bytes = 0
        return passed

    def _times(self, data: bytes, now_ns: int) -> Iterator[tuple[int, bytes]]:
        raise NotImplementedError


class Latency(Timed):
    """Every read passes `delay_s` later, give or take up to `spread_s`, never before an earlier one."""

    def __init__(self, delay_s: float, spread_s: float, chance: random.Random) -> None:
        super().__init__()
        self._delay_ns, self._spread_ns = to_ns(delay_s), to_ns(spread_s)
        self._chance = chance
        self._last_ns = 0

    def _times(self, data: bytes, now_ns: int) -> Iterator[tuple[int, bytes]]:
        delay_ns = self._delay_ns + round(self._chance.uniform(-self._spread_ns, self._spread_ns))
        self._last_ns = max(self._last_ns, now_ns + max(0, delay_ns))
        yield self._last_ns, data


class Bandwidth(Timed):
    """A link of so many bytes a second: a piece passes when its last byte would have."""

    def __init__(self, bytes_per_s: float) -> None:
        super().__init__()
        self._rate = bytes_per_s
        self._piece = max(1, int(bytes_per_s * PIECE_S))
        self._free_ns = 0

    def _times(self, data: bytes, now_ns: int) -> Iterator[tuple[int, bytes]]:
        for at in range(0, len(data), self._piece):
            piece = data[at : at + self._piece]
            self._free_ns = max(self._free_ns, now_ns) + to_ns(len(piece) / self._rate)
            yield self._free_ns, piece


class Slicer(Timed):
    """Pieces of about `size` bytes, `pause_s` apart."""

    def __init__(self, size: int, spread: int, pause_s: float, chance: random.Random) -> None:
        super().__init__()
        self._size, self._spread, self._pause_ns = size, spread, to_ns(pause_s)
        self._chance = chance
        self._free_ns = 0

    def _times(self, data: bytes, now_ns: int) -> Iterator[tuple[int, bytes]]:
        at = 0
        while at < len(data):
            size = self._size + self._chance.randint(-self._spread, self._spread)
            self._free_ns = max(self._free_ns, now_ns)
            yield self._free_ns, data[at : at + size]
            self._free_ns += self._pause_ns
            at += size


class HeldAnswer(Timed):
    """What comes first waits `hold_s`, and all that follows behind it; then everything passes at once."""

    def __init__(self, hold_s: float) -> None:
        super().__init__()
        self._hold_ns = to_ns(hold_s)
        self._until_ns: int | None = None

    def _times(self, data: bytes, now_ns: int) -> Iterator[tuple[int, bytes]]:
        if self._until_ns is None:
            self._until_ns = now_ns + self._hold_ns
        yield max(now_ns, self._until_ns), data


class SplitAnswer(Timed):
    """The answer's head passes byte by byte, a millisecond apart; what follows passes behind it."""

    def __init__(self) -> None:
        super().__init__()
        self._heard = b""
        self._free_ns = 0

    def _times(self, data: bytes, now_ns: int) -> Iterator[tuple[int, bytes]]:
        known = len(self._heard)
        in_head = len(data)
        if END in self._heard:
            in_head = 0
        else:
            self._heard += data
            end = self._heard.find(END)
            in_head = len(data) if end < 0 else end + len(END) - known
        for at in range(in_head):
            self._free_ns = max(self._free_ns, now_ns) + to_ns(0.001)
            yield self._free_ns, data[at : at + 1]
        if data[in_head:]:
            yield max(self._free_ns, now_ns), data[in_head:]


class JoinedAnswer:
    """The answer's head waits for the first bytes behind it, at most two seconds, and passes with them in one go."""

    def __init__(self) -> None:
        self._heard = b""
        self._is_over = False
        self.due_ns: int | None = None

    @property
    def held_bytes(self) -> int:
        """What waits."""
        return len(self._heard)

    def push(self, data: bytes, now_ns: int) -> list[bytes]:
        """Hold the head until there is more."""
        if self._is_over:
            return [data]
        self._heard += data
        self.due_ns = self.due_ns or now_ns + JOIN_LIMIT_NS
        end = self._heard.find(END)
        return self.lift(now_ns) if 0 <= end < len(self._heard) - len(END) else []

    def release(self, now_ns: int) -> list[bytes]:
        """Nothing came behind it: it passes alone."""
        return self.lift(now_ns) if self.due_ns is not None and now_ns >= self.due_ns else []

    def lift(self, now_ns: int) -> list[bytes]:
        """All of it, in one piece."""
        held, self._heard = self._heard, b""
        self._is_over, self.due_ns = True, None
        return [held] if held else []


class Limit:
    """Passes exactly `limit_bytes`, calls `reached`, and drops the rest."""

    held_bytes = 0
    due_ns: int | None = None

    def __init__(self, limit_bytes: int, reached: Callable[[], None]) -> None:
        self._left = limit_bytes
        self._reached: Callable[[], None] | None = reached

    def push(self, data: bytes, now_ns: int) -> list[bytes]:
        """What still fits."""
        passed = data[: self._left]
        self._left -= len(passed)
        if not self._left and self._reached is not None:
            reached, self._reached = self._reached, None
            reached()
        return [passed] if passed else []

    def release(self, now_ns: int) -> list[bytes]:
        """Nothing is held."""
        return []

    def lift(self, now_ns: int) -> list[bytes]:
        """Nothing is held."""
        return []


class Discard:
    """Drops everything."""

    held_bytes = 0
    due_ns: int | None = None

    def push(self, data: bytes, now_ns: int) -> list[bytes]:
        """Nothing passes."""
        return []

    def release(self, now_ns: int) -> list[bytes]:
        """Nothing is held."""
        return []

    def lift(self, now_ns: int) -> list[bytes]:
        """It is gone."""
        return []
