"""The round trip plot of six hours, against the same plot of six minutes: the cost follows the pixels."""

from collections.abc import Callable, Iterator

from tests.benchmarks.row import Row, in_turns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import RttSample
from wsmonitor.plots.drawing import Span
from wsmonitor.plots.round_trip import PLOT as ROUND_TRIP
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig

PINGS_A_SECOND = 10
PIXELS = 1000


def run() -> Iterator[Row]:
    """Snapshot and draw everything that was measured, on 1,000 pixels."""
    name = "a plot of 6 h instead of 6 min"
    yield in_turns(name, _drawing(measured_s=6 * 3600), _drawing(measured_s=6 * 60), goal=2.0)


def _drawing(measured_s: int) -> Callable[[], object]:
    analyzer = Analyzer(start_ns=0, wall_ns=0)
    analyzer.add_endpoint(EndpointConfig(name="chat", url="ws://127.0.0.1/"))
    analyzer.feed(
        RttSample(
            endpoint="chat",
            connection=1,
            at_ns=beat * NS // PINGS_A_SECOND,
            kind="ws",
            round_trip_ns=20_000_000 + beat * 7919 % 5_000_000,
        )
        for beat in range(measured_s * PINGS_A_SECOND)
    )
    span = Span(0.0, float(measured_s))

    def draw() -> object:
        return ROUND_TRIP.draw(analyzer.snapshot(measured_s * NS).endpoints[0], span, PIXELS)

    return draw
