"""While nobody looks, events are taken and nothing is painted."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import AnyEvent, LoopLag
from wsmonitor.gui.feed.bridge import Bridge
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.settings.endpoint_settings import NS


class Endless:
    """Always has news."""

    def __init__(self) -> None:
        self.taken = 0

    def take(self) -> list[AnyEvent]:
        self.taken += 1
        return [LoopLag(at_ns=at_ns(200 + self.taken), lag_ns=NS // 1000)]


class Paints(QObject):
    """Counts update requests of a window."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        self.count += event.type() is QEvent.Type.UpdateRequest
        return False


@pytest.mark.parametrize(("minimised", "frames"), [(True, 0), (False, 20)])
def test_a_minimised_window_takes_events_and_paints_nothing(
    monitoring: WholeWindow, analyzer: Analyzer, minimised: bool, frames: int
) -> None:
    source, paints, shown = Endless(), Paints(monitoring), list[object]()
    bridge = Bridge(source, analyzer, monitoring, is_watched=lambda: monitoring.window.is_watched)
    bridge.snapshot_taken.connect(lambda snapshot, fresh: shown.append(snapshot))
    bridge.snapshot_taken.connect(monitoring.show_snapshot)
    if minimised:
        monitoring.window.showMinimized()
    QApplication.processEvents()
    monitoring.window.installEventFilter(paints)

    for _ in range(20):
        bridge.tick()
        QApplication.processEvents()

    assert source.taken == 20
    assert len(shown) == frames
    assert (paints.count > 0) == (not minimised)
