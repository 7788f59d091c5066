"""What does a frame cost after a day, and does it cost more than after five minutes?"""

from collections.abc import Iterator

from tests.benchmarks.processes import server, window
from tests.benchmarks.row import Row, bounded, paired, percentile
from tests.benchmarks.windowed import Spec

FEW, MANY = 100, 500
DAY_S = 24 * 3600.0
SHORT_S = 300.0
MEASURE_S = 4.0
ROUNDS = 3


def run() -> Iterator[Row]:
    """At 1 Hz, everything shown, painting; a window of each kind, asked several times."""
    long, short = _rounds_ms(FEW, DAY_S), _rounds_ms(FEW, SHORT_S)
    yield bounded("frame, 100 endpoints, 24 h at 1 Hz, p99", [percentile(one, 0.99) for one in long], "ms", goal=8)
    after_a_day, after_minutes = ([percentile(one, 0.5) for one in rounds] for rounds in (long, short))
    yield paired("frame after 24 h against 5 min, median", after_a_day, after_minutes, "ms", goal=1.3)
    many = [percentile(one, 0.99) for one in _rounds_ms(MANY, DAY_S)]
    yield bounded("frame, 500 endpoints, 24 h at 1 Hz, p99", many, "ms", goal=16.7)


def _rounds_ms(endpoints: int, history_s: float) -> list[list[float]]:
    with server() as here, window(Spec(url=here.url(), endpoints=endpoints, history_s=history_s)) as shown:
        shown.measure(3)
        return [shown.measure(MEASURE_S).frames_ms for _ in range(ROUNDS)]
