"""Hints for the first run, one at a time, below the tables; they go away and stay away."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.layouts import in_row

HINTS = (
    "Select an endpoint on the left: plots, findings, tabs and buttons are about it.",
    "The wheel zooms in time, dragging chooses a period for which every number is recomputed; L is live again.",
    "Disconnect forces any kind of end. What you force is marked, and never counts as the server's fault.",
    "Wondering what a state, a code or a finding means? Shift+F1, or the right mouse button. F1 shows all keys.",
)


class Hints(QWidget):
    """Hidden until `start`; `is_seen` once the last one was read or all were dismissed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.is_seen = True
        self._number = 0
        self.text = plain_label(self, wraps=True)
        self.next = QPushButton("Next", self)
        self.dismiss = QPushButton("No more hints", self)
        self.dismiss.setObjectName("flat")
        in_row((self.text, 1), self.next, self.dismiss, within=self, margins=(12, 4, 8, 4))
        self.next.clicked.connect(self._next)
        self.dismiss.clicked.connect(self._end)
        self.hide()

    def start(self) -> None:
        """Show the first hint."""
        self.is_seen, self._number = False, 0
        self._show()

    def _next(self) -> None:
        self._number += 1
        if self._number == len(HINTS):
            self._end()
        else:
            self._show()

    def _show(self) -> None:
        self.text.setText(f"{self._number + 1}/{len(HINTS)}  {HINTS[self._number]}")
        self.setAccessibleName(f"Hint: {self.text.text()}")
        self.next.setText("Got it" if self._number == len(HINTS) - 1 else "Next")
        self.show()

    def _end(self) -> None:
        self.is_seen = True
        self.hide()
