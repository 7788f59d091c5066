"""Below the tables while an endpoint of a failure story is selected: what is to be seen, and how it is scaled."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from wsmonitor.gui.lab.lab_control import Part
from wsmonitor.gui.look.layouts import in_column, in_row


class StoryBanner(QWidget):
    """`other_wanted` carries the endpoint beside this one. Dismissed for one story, it stays away for that story."""

    other_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._part: Part | None = None
        self._dismissed: set[int] = set()
        self.heading = QLabel(self)
        self.heading.setObjectName("strong")
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        for label in (self.heading, self.text):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.other = QPushButton(self)
        self.dismiss = QPushButton("Dismiss", self)
        self.dismiss.setObjectName("flat")
        row = in_row((self.heading, 1), self.other, self.dismiss)
        in_column(row, self.text, within=self, margins=(12, 4, 8, 6), spacing=2)
        self.other.clicked.connect(self._want_other)
        self.dismiss.clicked.connect(self._dismiss)
        self.hide()

    def show_part(self, part: Part | None) -> None:
        """Tell of `part`; hidden without one."""
        if part == self._part:
            return
        self._part = part
        if part is None or part.story.number in self._dismissed:
            self.hide()
            return
        side = "the same client, the fixed server" if part.is_fixed else "the failing server"
        self.heading.setText(f"{part.story.heading} · {side}")
        self.text.setText(part.story.fixed if part.is_fixed else f"{part.story.look} {part.story.scaled}")
        self.other.setText("Show the failing one" if part.is_fixed else "Show the fixed one")
        self.setAccessibleName(f"{self.heading.text()}. {self.text.text()}")
        self.show()

    def _want_other(self) -> None:
        if self._part is not None:
            self.other_wanted.emit(self._part.other)

    def _dismiss(self) -> None:
        if self._part is not None:
            self._dismissed.add(self._part.story.number)
        self.hide()
