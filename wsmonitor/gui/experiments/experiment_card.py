"""One experiment: the question, what is expected, how it goes, and the answer with what it leaves open."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget

from wsmonitor.analysis.experiments import ExperimentView
from wsmonitor.gui.experiments import experiment_text as text
from wsmonitor.gui.experiments.ladder import ladder
from wsmonitor.gui.experiments.ladder_picture import LadderPicture
from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.text.plain_text import visible


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
        self.stop = QPushButton("Stop", self)
        self.stop.setToolTip("End it now; it says what was found so far")
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
