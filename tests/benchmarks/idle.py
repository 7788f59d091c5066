"""What does the window cost while nobody does anything with it?"""

from collections.abc import Iterator

from tests.benchmarks.processes import server, window
from tests.benchmarks.row import Row, bounded, middle
from tests.benchmarks.windowed import Report, Request, Spec

ENDPOINTS = 100
MANY = 500
SECONDS = 3.0
ROUNDS = 3


def run() -> Iterator[Row]:
    """CPU time of the window's process, in per cent of one core."""
    with server() as here, window(Spec(url=here.url(), endpoints=ENDPOINTS, history_s=300)) as shown:
        shown.measure(2)
        visible = [shown.measure(SECONDS) for _ in range(ROUNDS)]
        shown.ask(Request(do="minimise"))
        minimised = [shown.measure(SECONDS) for _ in range(ROUNDS)]
    with server() as here, window(Spec(url=here.url(), endpoints=MANY, history_s=300)) as shown:
        shown.measure(2)
        many = [shown.measure(SECONDS) for _ in range(ROUNDS)]
    with window(Spec(endpoints=0)) as shown:
        shown.measure(1)
        nothing = [shown.measure(SECONDS) for _ in range(ROUNDS)]
    note = f"the probe: {middle([one.probe_cpu_share for one in visible]) * 100:.1f} %"
    yield bounded("CPU, 100 endpoints at 1 Hz, visible", _per_cent(visible), "%", goal=12, note=note)
    yield bounded("CPU, 500 endpoints at 1 Hz, visible", _per_cent(many), "%", goal=35)
    yield bounded("CPU, 100 endpoints, minimised", _per_cent(minimised), "%", goal=1)
    yield bounded("CPU, nothing connected", _per_cent(nothing), "%", goal=0.5)


def _per_cent(reports: list[Report]) -> list[float]:
    return [report.window_cpu_share * 100 for report in reports]
