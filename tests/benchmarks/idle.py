"""What does the window cost while nobody does anything with it?"""

from collections.abc import Iterator

from tests.benchmarks.processes import server, window
from tests.benchmarks.row import Row
from tests.benchmarks.windowed import Request, Spec

ENDPOINTS = 100
SECONDS = 6.0


def run() -> Iterator[Row]:
    """CPU time of the window's process, in per cent of one core."""
    with server() as here, window(Spec(url=here.url(), endpoints=ENDPOINTS, history_s=300)) as shown:
        shown.measure(2)
        visible = shown.measure(SECONDS)
        shown.ask(Request(do="minimise"))
        minimised = shown.measure(SECONDS)
    with window(Spec(endpoints=0)) as shown:
        shown.measure(1)
        nothing = shown.measure(SECONDS)
    note = f"the probe: {visible.probe_cpu_share * 100:.1f} %"
    yield Row("CPU, 100 endpoints at 1 Hz, visible", visible.window_cpu_share * 100, "%", goal=50, note=note)
    yield Row("CPU, the same minimised", minimised.window_cpu_share * 100, "%", goal=10)
    yield Row("CPU, nothing connected", nothing.window_cpu_share * 100, "%", goal=5)
