"""One line above the plots while a focus period is chosen: which, and what its numbers say."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from wsmonitor.analysis.focus import Focus
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.layouts import in_row
from wsmonitor.gui.look.moments import Moments
from wsmonitor.gui.time.focus_text import numbers_text, period_text


class FocusBar(QWidget):
    """Hidden until `show_focus`; `zoom_wanted` and `clear_wanted` are its two buttons."""

    zoom_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, moments: Moments, parent: QWidget) -> None:
        super().__init__(parent)
        self._moments = moments
        self.setObjectName("focusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.label = plain_label(self, wraps=True)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = in_row((self.label, 1), within=self, margins=(10, 3, 6, 3))
        for text, hint, signal in (
            ("Zoom to it", "Show just this period", self.zoom_wanted),
            ("Clear", "Numbers of the whole session again (Esc)", self.clear_wanted),
        ):
            button = QToolButton(self)
            button.setText(text)
            button.setToolTip(hint)
            button.setAccessibleName(f"Focus period: {text}")
            button.setObjectName("flat")
            button.clicked.connect(signal)
            row.addWidget(button)
        self.hide()

    def show_focus(self, focus: Focus | None, snapshot: Snapshot, views: Sequence[EndpointView]) -> None:
        """Say the numbers of `views` within `focus`; hidden without a focus."""
        if focus is None:
            self.hide()
            return
        text = period_text(focus, snapshot, self._moments)
        if views:
            text = f"{text} · {numbers_text([focus.numbers(view, snapshot) for view in views])}"
        if self.label.text() != text:
            self.label.setText(text)
        self.show()
