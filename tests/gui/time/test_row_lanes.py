"""Lanes beside the rows of the list."""

import gc
import weakref

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from tests.analysis.facts import analyzer, ns, opened
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.row_lanes import RowLanes
from wsmonitor.plots.drawing import Span


def test_a_connection_that_is_painted_no_more_is_not_kept(look: Look) -> None:
    made, lanes = analyzer(), RowLanes(look)
    made.feed([opened(1)])
    snapshot = made.snapshot(ns(40))
    lanes.show_time(snapshot, Span(0, 40), 100)
    painter = QPainter(picture := QImage(100, 20, QImage.Format.Format_RGB32))
    lanes.paint(painter, QRect(0, 0, 100, 20), snapshot.endpoints)
    painter.end()
    states = weakref.ref(snapshot.endpoints[0].history.states.transitions.chunks[0])

    lanes.show_time(analyzer().snapshot(ns(80)), Span(0, 80), 100)
    del made, snapshot, picture
    gc.collect()

    assert states() is None
