"""Is a round trip measured as if there was no window? And how old is it when it is painted?"""

from collections.abc import Iterator
from dataclasses import replace

from msgspec import structs

from tests.benchmarks.processes import bare_pings, server, window
from tests.benchmarks.row import Row, middle, percentile
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
    yield _row("reported round trip, median", trips, bare, 0.5, 1.5)
    yield _row("reported round trip, p99", trips, bare, 0.99, 3.0)
    ages_ms = middle([percentile(report.ages_ms, 0.95) for report in ours])
    yield Row("fact to pixel, p95", ages_ms, "ms", goal=100, note="50 endpoints, 500 pings a second")
    yield replace(
        _row("the same median with the engine in the Qt thread", [_in_qt_thread()], bare, 0.5, None),
        note="a figure, not a goal: what a window without a process for measuring would report",
    )


def _row(name: str, ours: list[list[int]], bare: list[list[int]], share: float, goal: float | None) -> Row:
    ours_us, bare_us = (middle([percentile(trips, share) / 1e3 for trips in rounds]) for rounds in (ours, bare))
    return Row(name, ours_us, "us", reference=bare_us, goal=goal)


def _in_qt_thread() -> list[int]:
    spec = structs.replace(SPEC, history_s=60, in_qt_thread=True)
    with server() as here, window(structs.replace(spec, url=here.url())) as shown:
        shown.measure(2)
        return shown.measure(ROUND_S).round_trips_ns
