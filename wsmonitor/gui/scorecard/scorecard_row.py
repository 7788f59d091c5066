"""One fault of the scorecard: its verdict, what the client did as a picture and as a sentence, the numbers."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from wsmonitor.facts.answers import Attempts, ReconnectRow
from wsmonitor.gui.look.colors import CLOSED, OPEN
from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.scorecard.scorecard_text import MARKS, fault_title, numbers
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import counted, exact_s, tenths

_HEIGHT, _AXIS = 34, 13
_BAR = 5
_LANES = 2
"""So many connections at once are told apart; more are painted over each other."""
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300)
_HINT = "Grey: the fault is on. Bars: connected. Strokes: it tried to open a connection"
_NOW = "… now"


class AttemptsPicture(QWidget):
    """Seconds from the beginning of the fault; the shade is the fault, bars are connections, strokes are tries."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: Attempts | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(120)
        self.setToolTip(_HINT)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(240, _HEIGHT)

    def show_attempts(self, attempts: Attempts | None) -> None:
        """Paint this from now on; nothing where nothing is known."""
        if attempts != self._shown:
            self._shown = attempts
            self.setAccessibleName(f"Attempts: {attempts_words(attempts)}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        area = QRectF(0, 0, self.width(), _HEIGHT - _AXIS)
        painter.fillRect(area, self._look.color("plot"))
        shown = self._shown
        if shown is None or shown.watched_s <= 0:
            return
        per_second = area.width() / shown.watched_s
        shade = QColor(CLOSED)
        shade.setAlpha(70)
        until_s = shown.watched_s if shown.lifted_s is None else min(shown.lifted_s, shown.watched_s)
        painter.fillRect(QRectF(0, 0, max(2.0, until_s * per_second), area.height()), shade)
        lanes = [0.0] * _LANES
        for from_s, to_s in shown.open_s:
            end_s = shown.watched_s if to_s is None else to_s
            lane = next((number for number, busy_s in enumerate(lanes) if busy_s <= from_s), _LANES - 1)
            lanes[lane] = end_s
            top = area.height() - (lane + 1) * (_BAR + 2)
            painter.fillRect(
                QRectF(from_s * per_second, top, max(2.0, (end_s - from_s) * per_second), _BAR), QColor(OPEN)
            )
        painter.setPen(self._look.color("text"))
        for try_s in shown.tries_s:
            x = round(try_s * per_second)
            painter.drawLine(QPointF(x, 1), QPointF(x, area.height() - 2 * (_BAR + 2) - 1))
        self._paint_axis(painter, area, shown.watched_s)

    def _paint_axis(self, painter: QPainter, area: QRectF, span_s: float) -> None:
        metrics = QFontMetrics(self._look.small)
        painter.setFont(self._look.small)
        painter.setPen(self._look.color("muted"))
        room = max(1.0, area.width() / (metrics.horizontalAdvance("000 s") + 12))
        step_s = next((step for step in _STEPS_S if span_s / step <= room), span_s)
        for number in range(int(span_s / step_s) + 1):
            x = number * step_s / span_s * area.width()
            text = exact_s(number * step_s)
            width = metrics.horizontalAdvance(text)
            if x + width <= area.width():
                painter.drawText(QRectF(x, area.bottom(), width + 2, _AXIS), Qt.AlignmentFlag.AlignLeft, text)
                painter.drawLine(QPointF(x, area.bottom() - 2), QPointF(x, area.bottom()))


def attempts_words(attempts: Attempts | None) -> str:
    """`12 tries, the first after 1.0 s; connected from 31.2 s`: for screen readers."""
    if attempts is None:
        return "nothing is known"
    tries = counted(len(attempts.tries_s), "try", "tries")
    first = f", the first after {tenths(attempts.tries_s[0] * 1e9)}" if attempts.tries_s else ""
    later = [from_s for from_s, _ in attempts.open_s if from_s > 0]
    back = f"; connected from {tenths(later[-1] * 1e9)}" if later else ""
    return f"{tries}{first}{back}"


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
