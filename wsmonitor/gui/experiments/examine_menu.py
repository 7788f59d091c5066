"""The menu of questions to put to the server of the selected endpoint."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.gui.experiments.asking_options import options_words


class ExamineMenu(QMenu):
    """`chosen` carries the name of an experiment; they are loaded when the menu is first opened."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.running = ""
        """What is asked now, so that nothing else can be."""
        self.stop = self.addAction("Stop what is asked now")
        self.stop.setObjectName("examine_stop")
        self.options = self.addAction(options_words(ExperimentOptions()))
        self.options.setObjectName("examine_options")
        self.options.setToolTip("For how long, with which message, and what may be sent")
        self.addSeparator()
        self.questions: list[QAction] = []
        self._is_filled = False
        self.aboutToShow.connect(self._fill)

    def show_running(self, name: str) -> None:
        """`name` is asked now; empty where nothing is."""
        self.running = name
        self.stop.setEnabled(bool(name))
        self.stop.setText(f"Stop {name}" if name else "Stop what is asked now")
        for action in self.questions:
            action.setEnabled(not name)

    def _fill(self) -> None:
        if self._is_filled:
            return
        self._is_filled = True
        from wsmonitor.experiments.registry import EXPERIMENTS

        for experiment in EXPERIMENTS:
            question = experiment.question[:1].upper() + experiment.question[1:]
            action = self.addAction(f"{experiment.name}\t{question}".replace("&", "&&"))
            action.setObjectName(f"examine_{experiment.name}")
            action.setEnabled(not self.running)
            action.triggered.connect(partial(self._choose, experiment.name))
            self.questions.append(action)

    def _choose(self, name: str, checked: bool = False) -> None:
        self.chosen.emit(name)
