"""Names at the ends of curves."""

import pytest

from tests.analysis.facts import opened, rtt, view
from tests.gui.conftest import show, stack_of
from tests.gui.story import ENDPOINTS
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.time.plotting.layers.end_labels import apart
from wsmonitor.plots.drawing import Span


@pytest.mark.parametrize(
    ("rows", "placed"),
    [
        ([10, 50, 90], [10, 50, 90]),
        ([50, 50, 50], [50, 62, 74]),
        ([52, 50, 51], [74, 50, 62]),
        ([98, 97], [94, 82]),
        ([0], [6]),
    ],
    ids=["far apart", "at one place", "their order stays", "at the bottom", "at the top"],
)
def test_no_label_stands_on_another_or_outside(rows: list[float], placed: list[float]) -> None:
    assert apart(rows, height=12, top=6, bottom=94) == placed


def test_curves_of_several_connections_are_named_at_their_ends_and_those_of_one_are_not(
    monitoring: WholeWindow, analyzer: Analyzer
) -> None:
    stack = stack_of(monitoring)
    rows = [view(opened(0), rtt(1, 10), rtt(2, 10)), view(opened(0), rtt(1, 40), rtt(3, 40), rtt(90, 1))]
    snapshot = analyzer.snapshot(analyzer.snapshot(0).start_ns + 50_000_000_000)

    stack.show_endpoints(snapshot, rows, Span(0, 10))

    ends = stack.panes[0]._ends._ends
    assert len(ends) == 2
    assert ends[0].x < ends[1].x, "each at its last value in sight"
    assert ends[0].y > ends[1].y, "at the height of that value"
    assert ends[0].color != ends[1].color
    show(monitoring, analyzer, 120)
    monitoring.monitor.table.select((ENDPOINTS[1].name, 0))
    assert stack.panes[0]._ends._ends == ()


def test_a_plot_without_room_for_all_names_has_none(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    stack = stack_of(monitoring)
    rows = [view(opened(0), rtt(1, 10 + number)) for number in range(8)]
    snapshot = analyzer.snapshot(analyzer.snapshot(0).start_ns + 50_000_000_000)
    stack.show_endpoints(snapshot, rows, Span(0, 10))
    round_trip, _, buffered, _ = (pane._ends._ends for pane in stack.panes)

    assert stack.panes[2].drawing.lines, "there are curves"
    assert (len(round_trip), len(buffered)) == (8, 0)
