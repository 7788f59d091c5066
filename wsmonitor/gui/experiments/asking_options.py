"""How questions are asked from now on: for how long, with which message, and what may be sent."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QPushButton, QWidget

from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.popover import Popover
from wsmonitor.settings.checks import parse_duration
from wsmonitor.text.units import exact_s

LEAST_S = 1.0
_LONGEST = 4096
"""Characters of a message."""


class AskingOptions(Popover):
    """`options` are those of the last "Use"; `changed` says that they are others now."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("How to ask")
        self.options = ExperimentOptions()
        self.longest, self.message, self.expect = (self._line(name) for name in ("At most", "Message", "Its answer"))
        self.longest.setText("3m")
        self.longest.setToolTip("An experiment takes no longer: 90s, 3m, 1h")
        self.message.setPlaceholderText("${token}: something unique, if the server echoes")
        self.message.setToolTip("Data that the server understands; ${token} in it is replaced by something unique")
        self.expect.setPlaceholderText("a text in its answer, or an echo")
        self.hostile = QCheckBox("malformed frames and header bombs too", self)
        self.hostile.setToolTip("What no client should send; it leaves errors in the server's log")
        self.send_data = QCheckBox("real messages where no frame is refused by its announcement", self)
        self.problem = plain_label(self, name="error", wraps=True)
        self.problem.hide()
        self.button = described(QPushButton("Use for all questions", self), look="primary")
        form = QFormLayout(self)
        form.setContentsMargins(12, 12, 12, 12)
        form.addRow("At most", self.longest)
        form.addRow("Message", self.message)
        form.addRow("Its answer contains", self.expect)
        form.addRow("Hostile", self.hostile)
        form.addRow("Size limits", self.send_data)
        form.addRow(self.problem)
        form.addRow(self.button)
        self.button.clicked.connect(self.submit)
        for line in (self.longest, self.message, self.expect):
            line.returnPressed.connect(self.submit)

    def ask(self, anchor: QWidget) -> None:
        """Open below `anchor`."""
        self.open_below(anchor)
        self.longest.setFocus(Qt.FocusReason.PopupFocusReason)
        self.longest.selectAll()

    def submit(self) -> None:
        """Take what was entered, or say what is wrong with it."""
        wrong = ""
        try:
            max_s = parse_duration(self.longest.text())
        except ValueError as error:
            max_s, wrong = LEAST_S, str(error)
        if max_s < LEAST_S:
            wrong = f"expected at least {exact_s(LEAST_S)}"
        self.problem.setText(f"At most: {wrong}" if wrong else "")
        self.problem.setVisible(bool(wrong))
        self.adjustSize()
        if wrong:
            return
        self.options = ExperimentOptions(
            max_s=max_s,
            message=self.message.text(),
            expect=self.expect.text(),
            hostile=self.hostile.isChecked(),
            send_data=self.send_data.isChecked(),
        )
        self.hide()
        self.changed.emit()

    def _line(self, name: str) -> QLineEdit:
        line = described(QLineEdit(self), says=name)
        line.setMaxLength(_LONGEST)
        line.setMinimumWidth(320)
        return line


def options_words(options: ExperimentOptions) -> str:
    """`Options: at most 180 s, with a message, hostile…`."""
    parts = [f"at most {exact_s(options.max_s)}"]
    parts += ["with a message"] if options.message else []
    parts += ["hostile"] if options.hostile else []
    parts += ["real data"] if options.send_data else []
    return f"Options: {', '.join(parts)}…"
