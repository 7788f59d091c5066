"""The window stands still for ten seconds: does the measuring go on, and is everything told afterwards?"""

import signal
import time
from collections.abc import Iterator
from itertools import pairwise

from tests.benchmarks.processes import server, window
from tests.benchmarks.row import Row, percentile
from tests.benchmarks.windowed import Request, Spec

ENDPOINTS = 10
INTERVAL_S = 0.1
STALL_S = 10.0
CHATTER_HZ = 6000
"""More than the channel's bound holds for ten seconds: something must be dropped, and said."""


def run() -> Iterator[Row]:
    """SIGSTOP in the middle of a measurement."""
    with server() as here:
        more = (here.url("closing?0.5"), here.url(f"chatter?{CHATTER_HZ}"))
        spec = Spec(url=here.url(), endpoints=ENDPOINTS, ping_interval_s=INTERVAL_S, more_urls=more)
        with window(spec) as shown:
            shown.measure(2)
            shown.begin(Request(do="measure", seconds=STALL_S + 5))
            time.sleep(2)
            shown.process.send_signal(signal.SIGSTOP)
            time.sleep(STALL_S)
            shown.process.send_signal(signal.SIGCONT)
            report = shown.finish()
    plain = [report.stamps_ns.get(f"endpoint {number}", []) for number in range(ENDPOINTS)]
    errors_ms = [_off_beat_ms(later - earlier) for stamps in plain for earlier, later in pairwise(stamps)]
    yield Row("ping cadence error while the window stands still, p99", percentile(errors_ms, 0.99), "ms", goal=5)
    numbers = report.closed_connections
    lost = numbers[-1] - numbers[0] + 1 - len(numbers)
    note = f"{len(numbers)} closures told, {report.dropped:,} samples dropped and counted"
    yield Row("closures lost while the window stands still", lost, "of them", goal=0, note=note)


def _off_beat_ms(gap_ns: int) -> float:
    """How far a gap is from a whole number of intervals: samples may be dropped, beats may not move."""
    off_s = gap_ns / 1e9 % INTERVAL_S
    return min(off_s, INTERVAL_S - off_s) * 1e3
