"""Above the plots of a tap: the URL to give to a client, how to point one at it, and which faults are on."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.gui.tap.tap_text import faults_line, heading, steps


class TapBar(QWidget):
    """Hidden unless a tap is looked at; says what was pressed."""

    copy_pressed = Signal(str)
    """The URL."""
    off_pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._url = ""
        self.heading, self.steps, self.faults = (self._label() for _ in range(3))
        self.heading.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = QPushButton("Copy URL", self)
        self.copy.setAccessibleName("Tap: copy the URL for clients")
        self.off = QPushButton("All off", self)
        self.off.setAccessibleName("Tap: switch all faults off")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 4)
        column.setSpacing(4)
        for label, button in ((self.heading, self.copy), (self.faults, self.off)):
            row = QHBoxLayout()
            row.addWidget(label, 1)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            column.addLayout(row)
        column.insertWidget(1, self.steps)
        self.copy.clicked.connect(self._press_copy)
        self.off.clicked.connect(self.off_pressed)
        self.hide()

    def show_view(self, view: EndpointView | None, now_ns: int) -> None:
        """Say how the tap of `view` is used; hidden for anything else."""
        if view is None or view.tap is None:
            self.hide()
            return
        tap = view.tap
        self._url = tap.url
        lines, faults = () if tap.clients_seen else steps(tap), faults_line(tap, now_ns)
        for label, text in ((self.heading, heading(view, tap)), (self.steps, "\n".join(lines)), (self.faults, faults)):
            if label.text() != text:
                label.setText(text)
        self.copy.setVisible(bool(tap.url))
        self.steps.setVisible(bool(lines))
        for widget in (self.faults, self.off):
            widget.setVisible(bool(faults))
        self.show()

    def _press_copy(self) -> None:
        self.copy_pressed.emit(self._url)

    def _label(self) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return label
