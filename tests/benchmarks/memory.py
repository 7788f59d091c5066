"""Does a long session end in more memory than it began with?"""

from collections.abc import Iterator

import msgspec

from tests.benchmarks.day import ENDPOINTS
from tests.benchmarks.processes import module, read_line
from tests.benchmarks.row import Row

HOURS = 33
FULL_AFTER_H = 31
"""24,576 buckets of 4 s and the chunk that is let go next; the coarser levels fill for days, at a quarter each."""


def run() -> Iterator[Row]:
    """50 endpoints at 1 Hz for 33 simulated hours: raw samples and 4 s buckets, nearly all there is, are full."""
    with module("day", str(HOURS)) as process:
        sizes_mb = msgspec.json.decode(read_line(process), type=list[float])
    grown_mb = sizes_mb[23] - sizes_mb[0]
    note = f"{ENDPOINTS} endpoints; {sizes_mb[0]:.0f} MB after an hour, {sizes_mb[23]:.0f} MB after 24 h"
    yield Row("memory grown from 1 h to 24 h", grown_mb, "MB", goal=300, note=note)
    slope = (sizes_mb[-1] - sizes_mb[FULL_AFTER_H - 1]) / (HOURS - FULL_AFTER_H)
    yield Row("memory growing after 31 h", slope, "MB/h", goal=1.0)
