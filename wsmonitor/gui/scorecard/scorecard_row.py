"""One fault of the scorecard: its verdict, what the client did as a picture and as a sentence, the numbers."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from wsmonitor.facts.answers import Attempts, ReconnectRow
from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.scorecard.attempts_picture import AttemptsPicture
from wsmonitor.gui.scorecard.scorecard_text import MARKS, fault_title, numbers
from wsmonitor.text.plain_text import visible

_NOW = "… now"


class ScorecardRow(QWidget):
    """A row that was judged, or the fault that is on."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._row: ReconnectRow | None = None
        self.mark = plain_label(self, name="pill")
        self.mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.mark.setFixedWidth(QFontMetrics(look.bold).horizontalAdvance("– not tested") + 18)
        self.fault = plain_label(self, name="strong")
        self.fault.setFixedWidth(QFontMetrics(look.bold).horizontalAdvance("503, retry after 10 s"))
        self.picture = AttemptsPicture(look, self)
        self.sentence, self.numbers = plain_label(self, wraps=True), plain_label(self, name="muted", wraps=True)
        for label in (self.sentence, self.numbers):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 2, 0, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.mark, 0, 0, top)
        grid.addWidget(self.fault, 0, 1, top)
        grid.addWidget(self.picture, 0, 2, 2, 1, top)
        grid.addWidget(self.sentence, 0, 3)
        grid.addWidget(self.numbers, 1, 3)
        grid.setColumnStretch(2, 2)
        grid.setColumnStretch(3, 3)

    def show_row(self, row: ReconnectRow) -> None:
        """A fault that was judged."""
        if row is self._row:
            return
        self._row = row
        self._show(MARKS[row.verdict], row.verdict, row.fault, row.attempts)
        self.sentence.setText(visible(row.sentence, 500))
        self.numbers.setText(numbers(row))
        self.setAccessibleName(f"{self.fault.text()}: {self.mark.text()}. {self.sentence.text()}")

    def show_running(self, fault: str, stage: str, attempts: Attempts | None) -> None:
        """The fault that is on, or that the client recovers from."""
        self._row = None
        self._show(_NOW, "now", fault, attempts)
        self.sentence.setText("the fault is on" if stage == "fault" else "the fault is over: may it come back?")
        self.numbers.setText("")

    def _show(self, mark: str, verdict: str, fault: str, attempts: Attempts | None) -> None:
        if self.mark.text() != mark:
            self.mark.setText(mark)
            self.mark.setProperty("verdict", verdict)
            self.mark.style().unpolish(self.mark)
            self.mark.style().polish(self.mark)
        self.fault.setText(fault_title(fault))
        self.picture.show_attempts(attempts)
