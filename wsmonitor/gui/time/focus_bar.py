"""What stands below the plots while a focus period is chosen: which it is, and what its numbers say."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from wsmonitor.analysis.focus import Focus
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_row
from wsmonitor.gui.look.moments import Moments
from wsmonitor.gui.time.focus_text import numbers_text, period_text

_BETWEEN = " · "


class FocusBar(QWidget):
    """Says what there is room for, as high as what it stands in for; the tooltip has all."""

    zoom_wanted = Signal()
    clear_wanted = Signal()
    """Its two buttons."""

    def __init__(self, moments: Moments, parent: QWidget) -> None:
        super().__init__(parent)
        self._moments = moments
        self._text = ""
        self.setObjectName("focusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.label = plain_label(self, wraps=True)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        row = in_row((self.label, 1), within=self, margins=(10, 0, 6, 0))
        for text, hint, signal in (
            ("Zoom to it", "Show just this period", self.zoom_wanted),
            ("Clear", "Numbers of the whole session again (Esc)", self.clear_wanted),
        ):
            button = described(QToolButton(self), look="flat", says=f"Focus period: {text}", hint=hint)
            button.setText(text)
            button.clicked.connect(signal)
            row.addWidget(button)

    def show_focus(self, focus: Focus, snapshot: Snapshot, views: Sequence[EndpointView]) -> None:
        """Say the numbers of `views` within `focus`."""
        text = period_text(focus, snapshot, self._moments)
        if views:
            text = f"{text}{_BETWEEN}{numbers_text([focus.numbers(view, snapshot) for view in views])}"
        if self._text != text:
            self._text = text
            self.label.setToolTip(text)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As many of the numbers as there is room for."""
        parts, shown = self._text.split(_BETWEEN), self._text
        while len(parts) > 1 and self._height(shown) > self.height():
            parts.pop()
            shown = f"{_BETWEEN.join(parts)}{_BETWEEN}…"
        self.label.setText(shown)

    def _height(self, text: str) -> int:
        room = QRect(0, 0, self.label.width(), 1000)
        return self.label.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, text).height()
