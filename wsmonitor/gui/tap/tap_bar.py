"""Below the tables of a tap: the URL to give to a client, how to point one at it, and the test of that client."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.tap.tap_text import heading, steps


class TapBar(QWidget):
    """Hidden unless a tap is looked at; says what was pressed."""

    copy_pressed = Signal(str)
    """The URL."""
    test_pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._url = ""
        self.heading, self.steps = (self._label() for _ in range(2))
        self.heading.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = QPushButton("Copy URL", self)
        self.copy.setAccessibleName("Tap: copy the URL for clients")
        self.test = QPushButton("Test this client", self)
        self.test.setToolTip("Break the client's connection in many ways, one after the other, and see what it does")
        row = QHBoxLayout()
        row.addWidget(self.heading, 1)
        for button in (self.copy, self.test):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        in_column(row, self.steps, within=self, margins=(12, 4, 8, 4), spacing=4)
        self.copy.clicked.connect(self._press_copy)
        self.test.clicked.connect(self.test_pressed)
        self.hide()

    def show_view(self, view: EndpointView | None) -> None:
        """Say how the tap of `view` is used; hidden for anything else."""
        if view is None or view.tap is None:
            self.hide()
            return
        tap = view.tap
        self._url = tap.url
        lines = () if tap.clients_seen else steps(tap)
        for label, text in ((self.heading, heading(view, tap)), (self.steps, "\n".join(lines))):
            if label.text() != text:
                label.setText(text)
        for button in (self.copy, self.test):
            button.setVisible(bool(tap.url))
        self.steps.setVisible(bool(lines))
        self.show()

    def _press_copy(self) -> None:
        self.copy_pressed.emit(self._url)

    def _label(self) -> QLabel:
        label = plain_label(self, wraps=True)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return label
