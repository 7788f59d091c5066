"""The legend hides curves and shows them again; values on a logarithmic scale stay where they belong."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.gui.conftest import show
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.time.plotting.axes import ValueScale, log_ticks, value_ticks
from wsmonitor.gui.time.plotting.pane import Pane
from wsmonitor.gui.time.plotting.stack import PlotStack


@pytest.fixture
def stack(monitoring: WholeWindow, analyzer: Analyzer) -> PlotStack:
    """The plots of the story, painted."""
    show(monitoring, analyzer, 130)
    found = monitoring.monitor.plots.stack
    assert found is not None
    return found


def place_of(pane: Pane, label: str) -> QPoint:
    """Where the entry of the legend stands in the widget."""
    rect = pane.box_rect
    row = rect.top() + 8
    columns = (rect.left() + x for x in range(int(rect.width())))
    return next(
        QPoint(int(x), int(row)) for x in columns if pane.label_at(QPoint(int(x) + 2, int(row)).toPointF()) == label
    )


def test_a_click_on_the_legend_hides_the_curve_and_another_shows_it(stack: PlotStack) -> None:
    pane = stack.panes[0]
    at = place_of(pane, "ws") + QPoint(3, 0)

    QTest.mouseClick(stack.viewport(), Qt.MouseButton.LeftButton, pos=at)
    hidden = set(pane.curves)
    QTest.mouseClick(stack.viewport(), Qt.MouseButton.LeftButton, pos=at)

    assert "ws" not in hidden
    assert "ws" in pane.curves


def test_a_click_with_ctrl_leaves_only_that_curve(stack: PlotStack) -> None:
    pane = stack.panes[0]
    at = place_of(pane, "ws") + QPoint(3, 0)

    QTest.mouseClick(stack.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, at)

    assert set(pane.curves) == {"ws"}


def test_on_a_logarithmic_scale_each_decade_has_the_same_height(stack: PlotStack) -> None:
    pane = stack.panes[0]
    linear = pane.curves["ws"][1].copy()

    pane.is_log = True
    stack.repaint_plots()

    finite = ~np.isnan(linear)
    assert np.allclose(pane.curves["ws"][1][finite], np.log10(linear[finite]))


def test_what_has_no_logarithm_stands_at_the_base() -> None:
    scale = ValueScale(-1, 3, -1, 2, is_log=True)

    assert scale.on_axis(np.array([0.0, 0.01, 10.0])).tolist() == [-1.0, -1.0, 1.0]


@pytest.mark.parametrize("top", [1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 70, 100])
@pytest.mark.parametrize("pixels", [20, 45, 90, 200])
def test_bars_above_and_below_an_axis_always_have_a_number_beside_them(top: float, pixels: int) -> None:
    _, values = value_ticks(-top, top, pixels)

    assert [value for value in values if value > 0]
    assert [value for value in values if value < 0]


def test_ticks_of_few_decades_have_numbers_between_the_powers() -> None:
    assert [round(10**value, 6) for value in log_ticks(-1, 1)[1]] == [0.1, 0.2, 0.5, 1, 2, 5, 10]
    assert [round(10**value, 6) for value in log_ticks(-1, 3)[1]] == [0.1, 1, 10, 100, 1000]
