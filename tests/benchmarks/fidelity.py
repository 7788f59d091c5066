"""Is a round trip measured as if there was no window? And how old is it when it is painted?"""

from collections.abc import Iterator

from msgspec import structs

from tests.benchmarks.processes import bare_pings, server, window
from tests.benchmarks.row import Row, bounded, middle, paired, percentile
from tests.benchmarks.windowed import Report, Request, Spec

ENDPOINTS = 50
INTERVAL_S = 0.1
ROUNDS = 3
ROUND_S = 5.0
SPEC = Spec(endpoints=ENDPOINTS, ping_interval_s=INTERVAL_S, history_s=3600, history_hz=1)


def run() -> Iterator[Row]:
    """50 endpoints at 10 pings a second, an hour of history, painting; in turn with a bare client."""
    ours: list[Report] = []
    bare: list[list[int]] = []
    with server() as here, window(structs.replace(SPEC, url=here.url())) as shown:
        shown.measure(2)
        for _ in range(ROUNDS):
            ours.append(shown.measure(ROUND_S))
            shown.ask(Request(do="rest"))
            bare.append(bare_pings(here.url(), ENDPOINTS, INTERVAL_S, ROUND_S).round_trips_ns)
            shown.ask(Request(do="wake"))
            shown.measure(1)
    trips = [report.round_trips_ns for report in ours]
    yield _row("reported round trip, median", trips, bare, 0.5, 1.0)
    yield _row("reported round trip, p99", trips, bare, 0.99, 1.5)
    ages_ms = [percentile(report.ages_ms, 0.95) for report in ours]
    yield bounded("fact to pixel, p95", ages_ms, "ms", goal=100, note="50 endpoints, 500 pings a second")
    yield Row(
        "the same median with the engine in the Qt thread",
        percentile(_in_qt_thread(), 0.5) / 1e3,
        "us",
        reference=middle([percentile(one, 0.5) / 1e3 for one in bare]),
        note="a figure, not a goal: what a window without a process for measuring would report",
    )


def _row(name: str, ours: list[list[int]], bare: list[list[int]], share: float, goal: float) -> Row:
    ours_us, bare_us = ([percentile(trips, share) / 1e3 for trips in rounds] for rounds in (ours, bare))
    return paired(name, ours_us, bare_us, "us", goal=goal)


def _in_qt_thread() -> list[int]:
    spec = structs.replace(SPEC, history_s=60, in_qt_thread=True)
    with server() as here, window(structs.replace(spec, url=here.url())) as shown:
        shown.measure(2)
        return shown.measure(ROUND_S).round_trips_ns
