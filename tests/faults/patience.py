"""A clock for limits that a busy machine does not move: it stands while others have the processor or disk ours want."""

import time
from pathlib import Path
from typing import NamedTuple

from tests.faults.family import Family

_APART_NS = 50_000_000
"""To look at all threads takes a millisecond."""


class _Seen(NamedTuple):
    """A thread at one moment: how long it has run and waited for a processor, and since when it waits now."""

    ran_ns: int
    waited_ns: int
    since_ns: int
    at_ns: int

    @property
    def all_waited_ns(self) -> int:
        """What the kernel has booked, and what it books only once the thread runs again."""
        return self.waited_ns + self.at_ns - self.since_ns


_NEW = _Seen(0, 0, 0, 0)


class Patience:
    """Gives the seconds in which one of ours ran, or none wanted to: who hangs or spins comes to an end."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._counted_ns = self._idle_ns = 0
        self._threads = self._look({})
        self._at_ns = time.monotonic_ns()

    def __call__(self) -> float:
        before_ns, before = self._at_ns, self._threads
        if time.monotonic_ns() - before_ns < _APART_NS:
            return self._counted_ns / 1e9
        self._threads = self._look(before)
        self._at_ns = at_ns = time.monotonic_ns()
        changed = [(now, before.get(thread, _NEW)) for thread, now in self._threads.items()]
        waited_ns = max((now.all_waited_ns - then.all_waited_ns for now, then in changed), default=0)
        ran_ns = min(sum(now.ran_ns - then.ran_ns for now, then in changed), at_ns - before_ns)
        nobody_ran_ns = at_ns - before_ns - ran_ns
        mistaken_ns = min(self._idle_ns, max(0, waited_ns - nobody_ran_ns))  # for idle: a wait not booked by then
        self._idle_ns = max(0, nobody_ran_ns - waited_ns)
        self._counted_ns += ran_ns + self._idle_ns - mistaken_ns
        return self._counted_ns / 1e9

    def _look(self, before: dict[Path, _Seen]) -> dict[Path, _Seen]:
        found = {}
        for pid in self._family.members():
            for thread in Path(f"/proc/{pid}/task").glob("*"):
                try:
                    ran_ns, waited_ns, _ = map(int, (thread / "schedstat").read_text().split())
                    state = (thread / "stat").read_text().rpartition(")")[2].split()[0]
                except OSError:
                    continue  # it ended meanwhile
                at_ns, was = time.monotonic_ns(), before.get(thread)
                stands = was is not None and state in "RD" and (was.ran_ns, was.waited_ns) == (ran_ns, waited_ns)
                since_ns = was.since_ns if was is not None and stands else at_ns
                found[thread] = _Seen(ran_ns, waited_ns, since_ns, at_ns)
        return found
