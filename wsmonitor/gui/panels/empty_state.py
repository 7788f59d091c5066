"""What a first start shows: a field for a URL, and the lab to try it all out."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from wsmonitor.gui.panels.url_field import UrlField
from wsmonitor.plain_text import visible


class EmptyState(QWidget):
    """`url_given` carries a checked URL; `lab_wanted` asks for the lab."""

    url_given = Signal(str)
    lab_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        title = QLabel("Which WebSocket should be watched?", self)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        title.setFont(font)
        self.url = UrlField(self)
        self.url.setMinimumWidth(420)
        connect = QPushButton("Connect", self)
        connect.setObjectName("primary")
        self.lab = QPushButton("Try the lab", self)
        hint = QLabel("No server at hand? The lab runs one on this machine that breaks connections in many ways.", self)
        hint.setObjectName("muted")
        self.problem = QLabel(self)
        self.problem.setObjectName("error")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(self.url, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(connect, 0, Qt.AlignmentFlag.AlignTop)
        lab_row = QHBoxLayout()
        lab_row.addWidget(self.lab)
        lab_row.addWidget(hint, 1)
        box = QWidget(self)
        box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(box)
        column.setSpacing(14)
        column.addWidget(title)
        column.addLayout(row)
        column.addLayout(lab_row)
        column.addWidget(self.problem)
        outer = QVBoxLayout(self)
        outer.addWidget(box, 0, Qt.AlignmentFlag.AlignCenter)
        connect.clicked.connect(self.url.submit)
        self.url.submitted.connect(self.url_given)
        self.lab.clicked.connect(self.lab_wanted)

    def say(self, text: str) -> None:
        """Show what went wrong, below the buttons."""
        self.problem.setText(visible(text, 400))
