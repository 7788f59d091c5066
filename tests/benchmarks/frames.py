"""What does a frame cost after a day, and does it cost more than after five minutes?"""

from collections.abc import Iterator

from tests.benchmarks.processes import server, window
from tests.benchmarks.row import Row, percentile
from tests.benchmarks.windowed import Spec

ENDPOINTS = 100
DAY_S = 24 * 3600.0
SHORT_S = 300.0
MEASURE_S = 10.0


def run() -> Iterator[Row]:
    """100 endpoints at 1 Hz, everything shown, painting."""
    long, short = _frames_ms(DAY_S), _frames_ms(SHORT_S)
    yield Row("frame, 100 endpoints, 24 h at 1 Hz, p99", percentile(long, 0.99), "ms", goal=16.7)
    medians = [percentile(frames, 0.5) for frames in (long, short)]
    yield Row("frame after 24 h against 5 min, median", medians[0], "ms", reference=medians[1], goal=1.3)


def _frames_ms(history_s: float) -> list[float]:
    with server() as here, window(Spec(url=here.url(), endpoints=ENDPOINTS, history_s=history_s)) as shown:
        shown.measure(3)
        return shown.measure(MEASURE_S).frames_ms
