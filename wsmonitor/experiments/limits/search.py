"""Where a limit lies: pure, the next size to try from what was tried."""

from dataclasses import dataclass, field

SMALLEST = 1024


@dataclass
class SizeSearch:
    """Looks for the largest size that is taken, from `SMALLEST` up to `largest`, powers of two first.

    Limits are mostly powers of two: once the power is known, its successor is tried before anything else.
    """

    largest: int
    taken: int = 0
    refused: int | None = None
    tried: list[int] = field(default_factory=list)

    def next(self) -> int | None:
        """The next size; None once the limit is exact, or there is none up to the largest."""
        if self.refused is None:
            if self.taken >= self.largest:
                return None
            return self.largest if not self.tried else min(self.largest, max(SMALLEST, 2 * self.taken))
        low, high = max(1, self.taken), self.refused
        if high - self.taken <= 1:
            return None
        power = 1 << (high - 1).bit_length() - 1
        if high > 2 * low:
            low_bits, high_bits = (low - 1).bit_length(), (high - 1).bit_length() - 1
            return int(1 << max(low_bits + 1, (low_bits + high_bits + 1) // 2)) if high_bits > low_bits else high - 1
        if power > self.taken and power < high:
            return power
        if self.taken & (self.taken - 1) == 0 and self.taken + 1 < high:
            return self.taken + 1
        return (self.taken + high) // 2

    def note(self, size: int, *, was_taken: bool) -> None:
        """What became of a try."""
        self.tried.append(size)
        if was_taken:
            self.taken = max(self.taken, size)
        else:
            self.refused = size if self.refused is None else min(self.refused, size)
