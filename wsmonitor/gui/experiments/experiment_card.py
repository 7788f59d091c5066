"""One experiment: the question, what is expected, how it goes, and the answer with what it leaves open."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget

from wsmonitor.analysis.experiments import ExperimentView
from wsmonitor.gui.experiments import experiment_text as text
from wsmonitor.gui.experiments.ladder import Group, Ladder, ladder, ladder_words
from wsmonitor.gui.look.colors import FAILED, OPEN
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import exact_s

_LEFT, _RIGHT = 132, 24
_BAR, _GAP, _GROUP_GAP, _AXIS = 4, 2, 8, 16
_MOST = 40
"""So many bars of one group are painted; the words count them all."""
_STEPS_S = (0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)


class LadderPicture(QWidget):
    """As high as its bars need."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._ladder = Ladder((), 1.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> str:
        """What the picture shows."""
        return ladder_words(self._ladder)

    def show_ladder(self, ladder: Ladder) -> None:
        """Paint this from now on."""
        if ladder == self._ladder:
            return
        self._ladder = ladder
        self.setFixedHeight(sum(map(self._height, ladder.groups)) + _AXIS if ladder.groups else 0)
        self.setAccessibleName(f"Connections: {self.words}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setFont(self._look.small)
        self._paint_axis(painter)
        top = 0.0
        for group in self._ladder.groups:
            self._paint_group(painter, group, top)
            top += self._height(group)

    def _paint_axis(self, painter: QPainter) -> None:
        span_s, bottom = self._ladder.span_s, self.height() - _AXIS
        step_s = next((step for step in _STEPS_S if span_s / step <= 6), span_s)
        for number in range(int(span_s / step_s) + 1):
            x = self._x(number * step_s)
            painter.setPen(self._look.color("border"))
            painter.drawLine(QPointF(x, 0), QPointF(x, bottom))
            painter.setPen(self._look.color("muted"))
            box = QRectF(x - 40, bottom, 80, _AXIS)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, exact_s(number * step_s))

    def _paint_group(self, painter: QPainter, group: Group, top: float) -> None:
        painter.setPen(self._look.color("text"))
        name = QFontMetrics(self._look.small).elidedText(group.name, Qt.TextElideMode.ElideRight, _LEFT - 8)
        height = QFontMetrics(self._look.small).height()
        painter.drawText(QRectF(0, top, _LEFT - 8, height), Qt.AlignmentFlag.AlignLeft, name)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for number, bar in enumerate(group.bars[:_MOST]):
            y = top + 3 + number * (_BAR + _GAP)
            left, right = self._x(0), self._x(bar.age_s)
            if bar.planned_s is not None and bar.lives:
                painter.setBrush(self._look.color("hover"))
                painter.drawRect(QRectF(left, y, self._x(bar.planned_s) - left, _BAR))
            painter.setBrush(QColor(OPEN if bar.lives else FAILED))
            painter.drawRect(QRectF(left, y, max(1.0, right - left), _BAR))
            if not bar.lives:
                painter.drawEllipse(QPointF(right, y + _BAR / 2), 3.5, 3.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _height(self, group: Group) -> int:
        bars = min(len(group.bars), _MOST) * (_BAR + _GAP)
        return max(bars, QFontMetrics(self._look.small).height()) + _GROUP_GAP

    def _x(self, age_s: float) -> float:
        return _LEFT + (self.width() - _LEFT - _RIGHT) * min(1.0, age_s / self._ladder.span_s)


class ExperimentCard(QFrame):
    """Shows an `ExperimentView` and says what was pressed."""

    stop_pressed = Signal(str)
    """The endpoint."""
    copy_pressed = Signal(str)
    """A text for the clipboard."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._view: ExperimentView | None = None
        self.title = plain_label(self, name="strong", wraps=True)
        self.status = plain_label(self, name="muted")
        self.question = plain_label(self, wraps=True)
        self.prediction = plain_label(self, name="muted", wraps=True)
        self.picture = LadderPicture(look, self)
        self.step = plain_label(self, name="muted", wraps=True)
        self.answer = plain_label(self, name="strong", wraps=True)
        self.details = plain_label(self, name="muted", wraps=True)
        self.advice = plain_label(self, wraps=True)
        self.stop = described(QPushButton("Stop", self), hint="End it now; it says what was found so far")
        self.copy = QPushButton("Copy answer", self)
        self.copy.setToolTip("Put question, answer, evidence and what was sent on the clipboard, as Markdown")
        self.copy_advice = QPushButton("Copy advice", self)
        self._lay_out()
        self.stop.clicked.connect(self._press_stop)
        self.copy.clicked.connect(self._press_copy)
        self.copy_advice.clicked.connect(self._press_advice)

    def show_experiment(self, view: ExperimentView, now_ns: int, *, is_live: bool) -> None:
        """Show `view`; it can be stopped where it `is_live`."""
        self._say(self.status, text.status(view, now_ns))
        self.stop.setVisible(view.is_running and is_live)
        if view is not self._view or view.is_running:
            self.picture.show_ladder(ladder(view, now_ns))
        if view is self._view:
            return
        self._view = view
        answer = view.answer
        self._say(self.title, text.title(view))
        self._say(self.question, text.question(view))
        self._say(self.prediction, text.prediction(view))
        self._say(self.step, f"Now: {visible(view.step, 200)}" if view.is_running and view.step else "")
        self._say(self.answer, "" if answer is None else text.found(answer))
        self._say(self.details, "" if answer is None else "\n".join(text.details(answer)))
        self._say(
            self.advice, f"Advice: {visible(answer.advice, 1000)}" if answer is not None and answer.advice else ""
        )
        self.copy.setVisible(answer is not None)
        self.copy_advice.setVisible(bool(self.advice.text()))
        self.setAccessibleName(f"Experiment {text.title(view)}")
        self.setAccessibleDescription(f"{self.question.text()} {self.answer.text()}")

    def _press_stop(self) -> None:
        if self._view is not None:
            self.stop_pressed.emit(self._view.endpoint)

    def _press_copy(self) -> None:
        if self._view is not None:
            self.copy_pressed.emit(text.markdown(self._view))

    def _press_advice(self) -> None:
        if self._view is not None and self._view.answer is not None:
            self.copy_pressed.emit(visible(self._view.answer.advice, 1000))

    def _say(self, label: QLabel, said: str) -> None:
        if label.text() != said:
            label.setText(said)
        label.setVisible(bool(said))

    def _lay_out(self) -> None:
        top = in_row((self.title, 1), self.status, self.stop)
        buttons = in_row(self.copy, self.copy_advice, ...)
        in_column(
            top,
            self.question,
            self.prediction,
            self.picture,
            self.step,
            self.answer,
            self.details,
            self.advice,
            buttons,
            within=self,
            margins=(10, 8, 10, 8),
            spacing=4,
        )
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
