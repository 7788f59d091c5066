import numpy as np
import pytest

from tests.analysis.facts import closed, lagged, message, missed, opened, probe_lost, queued, rtt, state, view
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.facts.events import State
from wsmonitor.plots import PLOTS
from wsmonitor.plots.drawing import Floats, Plot, Span

NOTHING = view()
BUSY = view(
    opened(0),
    *(
        fact
        for at in range(1, 20_000, 7)
        for fact in (rtt(at, at % 50), lagged(at, 1), message(at), message(at, direction="tx"), queued(at, at % 9))
    ),
    missed(20_000),
    closed(20_001),
    state(20_001, State.BACKOFF, old=State.OPEN),
    probe_lost(20_002),
)


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.id)
class TestEveryPlot:
    def test_it_names_itself(self, plot: Plot) -> None:
        assert plot.id.isidentifier()
        assert plot.title
        assert plot.height > 0

    @pytest.mark.parametrize("row", [NOTHING, BUSY], ids=["nothing", "busy"])
    @pytest.mark.parametrize(
        "span",
        [Span(0, 30), Span(0, 30_000), Span(19_990, 20_010), Span(90_000, 90_030), Span(-500, -400), Span(5, 5)],
        ids=str,
    )
    def test_any_span_can_be_drawn_within_its_bounds(self, plot: Plot, span: Span, row: EndpointView) -> None:
        for pixels in (1, 7, 1200):
            drawing = plot.draw(row, span, pixels)

            low, high = drawing.y_range
            assert low < high
            assert drawing.summary.endswith(".")
            for line in drawing.lines:
                assert is_curve(line.x)
                assert is_curve(line.y)
                assert line.x.shape == line.y.shape
                assert np.all(np.diff(line.x) >= 0)
                assert len(line.x) <= 3 * pixels + 8
            for bars in drawing.bars:
                assert bars.x.shape == bars.y.shape
                assert bars.width_s > 0 or span.start_s == span.end_s
                assert len(bars.x) <= 2 * pixels + 4
            for stretch in drawing.states:
                assert stretch.start_s < stretch.end_s <= span.end_s


def is_curve(values: Floats) -> bool:
    """True for what pyqtgraph paints without a copy."""
    return values.dtype == np.float64 and values.flags.c_contiguous and values.ndim == 1


def test_identifiers_are_unique() -> None:
    assert len({plot.id for plot in PLOTS}) == len(PLOTS)


def test_only_what_has_happened_of_a_span_is_drawn_when_asked() -> None:
    assert Span(0, 30).until(10) == Span(0, 10)
    assert Span(0, 30).until(99) == Span(0, 30)
    assert Span(20, 30).until(10) == Span(20, 20)
