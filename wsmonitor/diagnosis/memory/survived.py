"""Silences that a connection survived: the longest, and how many came close to it."""

NEAR = 0.97


class Survived:
    """The longest of many silences, and how often one was about as long; constant size."""

    __slots__ = ("longest_ns", "times")

    def __init__(self) -> None:
        self.longest_ns = 0
        self.times = 0

    def note(self, silence_ns: int) -> None:
        """A silence was survived."""
        if silence_ns * NEAR > self.longest_ns:
            self.longest_ns, self.times = silence_ns, 1
        elif silence_ns >= NEAR * self.longest_ns:
            self.times += 1
            self.longest_ns = max(self.longest_ns, silence_ns)
