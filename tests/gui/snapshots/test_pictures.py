"""What the window paints, held as facts that do not depend on the machine's fonts.

Where the panels are, as shares of the window (`layout.json`); that no word is cut; that both themes paint the same
layout, each in its own light; that a picture at scale 2 is the picture at scale 1 with finer edges.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QToolButton, QWidget

from tests.gui.recordings.test_recordings import Script
from tests.gui.snapshots.states import STATES, picture, session_of
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.start.session import Session

SIZES = ((1024, 640), (1400, 860), (1920, 1080))
LAYOUT = Path(__file__).with_name("layout.json")
TOLERANCE = 0.04
"""Fonts of another machine move the borders between panels a little."""
BLOCK = 8
Opener = Callable[[str, tuple[int, int]], tuple[Session, QWidget]]


@pytest.fixture
def opened(look: Look, qapp: QApplication) -> Iterator[Opener]:
    """Opens the window in a state, at a size."""
    sessions: list[Session] = []

    def open_state(name: str, size: tuple[int, int]) -> tuple[Session, QWidget]:
        sessions.append(session_of(look, size, Script()))
        return sessions[-1], STATES[name](sessions[-1])

    yield open_state
    for session in sessions:
        for dialog in session.window.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if dialog.isWindow():
                dialog.hide()
        session.compare.close()
        session.alerts.close()
        session.whole.preferences.notifications.stop()
        session.window.ask_before_close()
        session.window.close()
        session.controller.deleteLater()
        session.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def layout(session: Session) -> dict[str, list[float]]:
    """Left, top, width and height of each panel, as shares of the window."""
    whole, window = session.whole.monitor, session.window
    panels = {
        "endpoints": whole.table,
        "lanes": whole.lanes,
        "findings": whole.findings,
        "verdict": whole.verdict,
        "plots": whole.plots,
        "overview": whole.overview,
        "tabs": whole.tabs,
        "status": window.status,
    }
    found = {}
    for name, panel in panels.items():
        at = panel.mapTo(window, QPoint(0, 0))
        shares = (at.x() / window.width(), at.y() / window.height())
        size = (panel.width() / window.width(), panel.height() / window.height())
        found[name] = [round(share, 3) for share in (*shares, *size)]
    return found


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_panels_are_where_they_were(opened: Opener, size: tuple[int, int]) -> None:
    session, _ = opened("story", size)
    found, key = layout(session), f"{size[0]}x{size[1]}"
    kept = json.loads(LAYOUT.read_text()) if LAYOUT.exists() else {}
    if os.environ.get("WSMONITOR_SNAPSHOTS") == "write":
        kept[key] = found
        LAYOUT.write_text(json.dumps(kept, indent=1) + "\n")

    moved = {
        name: (kept[key][name], shares)
        for name, shares in found.items()
        if max(abs(was - now) for was, now in zip(kept[key][name], shares, strict=True)) > TOLERANCE
    }
    assert moved == {}


@pytest.mark.parametrize("size", SIZES[:2], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", ["marked", "many", "tap", "alerts", "compare", "preferences", "edit"])
def test_no_word_is_cut(opened: Opener, name: str, size: tuple[int, int]) -> None:
    _, widget = opened(name, size)

    assert [_said(one) for one in widget.findChildren(QWidget) if _is_seen(one) and _is_cut(one)] == []


def test_both_themes_paint_the_same_layout_in_their_own_light(opened: Opener, look: Look) -> None:
    session, window = opened("marked", SIZES[1])
    dark, dark_layout = _gray(picture(window)), layout(session)

    look.choose("light")
    QApplication.processEvents()
    light, light_layout = _gray(picture(window)), layout(session)

    assert light_layout == dark_layout
    unlit = []
    for name, (left, top, width, height) in layout(session).items():
        part = (_part(dark, left, top, width, height), _part(light, left, top, width, height))
        if not (np.median(part[0]) < 80 and np.median(part[1]) > 175):
            unlit.append((name, float(np.median(part[0])), float(np.median(part[1]))))
    assert unlit == []


@pytest.mark.parametrize("name", ["marked", "lens", "ends", "experiments", "alerts"])
def test_a_picture_at_scale_2_is_the_same_with_finer_edges(opened: Opener, name: str) -> None:
    _, widget = opened(name, SIZES[1])

    once, twice = picture(widget), picture(widget, 2)

    assert (twice.width(), twice.height()) == (2 * once.width(), 2 * once.height())
    differs = np.abs(_blocks(_gray(once), BLOCK) - _blocks(_gray(twice), 2 * BLOCK))
    # glyphs fall otherwise into their blocks (0.7 in the mean, 25 nowhere); what is missing or elsewhere differs more
    assert float(np.mean(differs)) < 2
    assert float(np.mean(differs > 30)) < 0.002


def _is_seen(widget: QWidget) -> bool:
    return widget.isVisible() and not widget.visibleRegion().isEmpty()


def _is_cut(widget: QWidget) -> bool:
    """A label or button that is narrower or lower than its words."""
    text = _text(widget)
    if not text:
        return False
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.height() < widget.heightForWidth(widget.width()) - 2
    if isinstance(widget, QLabel) and widget.minimumWidth() == 1:  # it may be cut, and says so
        return False
    if isinstance(widget, QToolButton):
        is_icon = widget.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
        if is_icon or isinstance(widget.parentWidget(), QLineEdit):
            return False
    metrics = widget.fontMetrics()
    return widget.width() < metrics.horizontalAdvance(text) or widget.height() < metrics.ascent()


def _text(widget: QWidget) -> str:
    return widget.text().replace("&&", "&") if isinstance(widget, QLabel | QAbstractButton) else ""


def _said(widget: QWidget) -> str:
    wanted = widget.fontMetrics().horizontalAdvance(_text(widget))
    size = f"{widget.width()} x {widget.height()}"
    return f"{type(widget).__name__} {_text(widget)[:40]!r}: {size}, wants {wanted} pixels"


def _gray(image: QImage) -> NDArray[np.float64]:
    gray = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(gray.constBits(), np.uint8).reshape(gray.height(), gray.bytesPerLine())
    return rows[:, : gray.width()].astype(np.float64)


def _part(gray: NDArray[np.float64], left: float, top: float, width: float, height: float) -> NDArray[np.float64]:
    rows, columns = gray.shape
    part = QRect(round(left * columns), round(top * rows), round(width * columns), round(height * rows))
    return gray[part.top() : part.bottom(), part.left() : part.right()]


def _blocks(gray: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """The mean light of squares of so many pixels."""
    rows, columns = gray.shape[0] // size, gray.shape[1] // size
    squares = gray[: rows * size, : columns * size].reshape(rows, size, columns, size)
    return np.asarray(squares.mean(axis=(1, 3)), np.float64)
