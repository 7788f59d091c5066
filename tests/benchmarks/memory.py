"""Does a long session end in more memory than it began with?"""

from collections.abc import Iterator

import msgspec

from tests.benchmarks.day import ENDPOINTS
from tests.benchmarks.processes import module, read_line
from tests.benchmarks.row import Row

HOURS = 25
LATER_HOURS = 163
FULL_AFTER_H = 183
"""8,192 buckets of 64 s and the chunk that is let go next."""


def run() -> Iterator[Row]:
    """50 endpoints at 1 Hz for a day, then until all buckets that are shorter than minutes are full."""
    with module("day", str(HOURS), str(LATER_HOURS)) as process:
        sizes_mb = msgspec.json.decode(read_line(process), type=list[float])
    grown_mb = sizes_mb[23] - sizes_mb[0]
    note = f"{ENDPOINTS} endpoints; {sizes_mb[0]:.0f} MB after an hour, {sizes_mb[23]:.0f} MB after 24 h"
    yield Row("memory grown from 1 h to 24 h", grown_mb, "MB", goal=300, note=note)
    slope = (sizes_mb[-1] - sizes_mb[FULL_AFTER_H - 1]) / (len(sizes_mb) - FULL_AFTER_H)
    note = f"{sizes_mb[-1]:.0f} MB; left are buckets of minutes and hours, bounded as well"
    yield Row(f"memory growing after {FULL_AFTER_H} h", slope, "MB/h", goal=1.0, note=note)
