"""One alert rule as a form: what is wrong stands below its field."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wsmonitor.gui.feed.notifications import Notifications
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.settings.conditions.alert_rule import LONGEST_NAME
from wsmonitor.settings.conditions.condition import EXAMPLES

Table = dict[str, Any]
"""A rule as its table in the workspace file has it."""
_FLAGS = {
    "notify": ("show a notification of the desktop", True),
    "sound": ("ring the bell of the desktop", False),
    "also_over": ("notify, ring and run again once it is over", False),
}
_COMMAND_LINES = 3


class RuleForm(QWidget):
    """`changed` follows every edit, `command_changed` those of the program; `try_pressed` asks for a trial."""

    changed = Signal()
    command_changed = Signal()
    try_pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._is_filling = False
        self.name = self._line("Name of the rule", "drops often")
        self.name.setMaxLength(LONGEST_NAME)
        self.when = self._line("When", EXAMPLES[0])
        self.examples = self._small("muted")
        self.examples.setText(f"for instance {' · '.join(EXAMPLES[1:])}; docs/alerts.md has all")
        self.examples.show()
        self.endpoints = self._line("Endpoints", "all; or names with commas between, * for anything")
        self.about = self._small("muted")
        self.flags = {name: QCheckBox(text, self) for name, (text, _) in _FLAGS.items()}
        if not Notifications.is_possible():
            self.flags["notify"].setText(f"{_FLAGS['notify'][0]} (here is no place for them)")
        self.command = described(QPlainTextEdit(self), says="Program")
        self.command.setPlaceholderText("none; a program, then each of its arguments on a line of its own")
        self.command.setTabChangesFocus(True)
        self.command.setFixedHeight(self.command.fontMetrics().lineSpacing() * _COMMAND_LINES + 14)
        self.timeout = self._line("Time limit of the program", "10")
        self.timeout.setMaximumWidth(70)
        self.may_run = QCheckBox("this program may run on this machine", self)
        self.may_run.setToolTip(
            "Kept outside of the workspace, for this file and exactly this program with its arguments"
        )
        self.attempt = QPushButton("Try it", self)
        self.attempt.setToolTip("Notify, ring and run once, as if it had been raised")
        self.attempt.setAutoDefault(False)
        self._problems = {name: self._small("error") for name in ("name", "when", "endpoints", "command", "timeout_s")}
        self._lay_out()
        for line in (self.name, self.when, self.endpoints, self.timeout):
            line.textChanged.connect(self._edited)
        for flag in self.flags.values():
            flag.toggled.connect(self._edited)
        self.command.textChanged.connect(self._command_edited)
        self.may_run.toggled.connect(self._edited)
        self.attempt.clicked.connect(self.try_pressed)

    def show_table(self, table: Table, *, may_run: bool) -> None:
        """Show a rule."""
        self._is_filling = True
        self.name.setText(table.get("name", ""))
        self.when.setText(table.get("when", ""))
        self.endpoints.setText(", ".join(table.get("endpoints", ())))
        for name, (_, default) in _FLAGS.items():
            self.flags[name].setChecked(table.get(name, default))
        self.command.setPlainText("\n".join(table.get("command", ())))
        self.timeout.setText(f"{table.get('timeout_s', 10.0):g}")
        self.may_run.setChecked(may_run)
        self._is_filling = False
        self._show_program()

    def table(self) -> Table:
        """What was entered."""
        names = [name.strip() for name in self.endpoints.text().split(",")]
        text = self.timeout.text().strip()
        try:
            timeout: object = float(text or "10")
        except ValueError:
            timeout = text
        flags = {name: box.isChecked() for name, box in self.flags.items()}
        return {
            "name": self.name.text().strip(),
            "when": " ".join(self.when.text().split()),
            "endpoints": [name for name in names if name],
            "command": [line for line in self.command.toPlainText().split("\n") if line.strip()],
            "timeout_s": timeout,
            **flags,
        }

    def show_mistakes(self, mistakes: dict[str, str]) -> None:
        """Say what is wrong, by field."""
        for name, label in self._problems.items():
            label.setText(mistakes.get(name, ""))
            label.setVisible(name in mistakes)
        self.attempt.setEnabled(not mistakes)

    def _edited(self) -> None:
        if not self._is_filling:
            self._show_program()
            self.changed.emit()

    def _command_edited(self) -> None:
        if not self._is_filling:
            self.command_changed.emit()
            self._edited()

    def _show_program(self) -> None:
        has_program = bool(self.command.toPlainText().strip())
        for part in (self.timeout, self.may_run):
            part.setEnabled(has_program)

    def _lay_out(self) -> None:
        limit = in_row(QLabel("ended after", self), self.timeout, QLabel("s", self), ..., spacing=6)
        form = QFormLayout()
        form.setVerticalSpacing(4)
        form.addRow("Name", self._above("name", self.name))
        form.addRow("When", self._above("when", self.when, self.examples))
        form.addRow("Endpoints", self._above("endpoints", self.endpoints, self.about))
        form.addRow("Then", self.flags["notify"])
        form.addRow("", self.flags["sound"])
        form.addRow("Run", self._above("command", self.command))
        form.addRow("", self.may_run)
        form.addRow("", limit)
        form.addRow("", self._problems["timeout_s"])
        form.addRow("Later", self.flags["also_over"])
        column = in_column(form, ..., within=self, margins=(14, 12, 14, 8))
        row = in_row(..., self.attempt)
        column.addLayout(row)

    def _above(self, name: str, field: QWidget, *below: QLabel) -> QVBoxLayout:
        return in_column(*(field, self._problems[name], *below), spacing=1)

    def _line(self, name: str, placeholder: str) -> QLineEdit:
        line = described(QLineEdit(self), says=name)
        line.setPlaceholderText(placeholder)
        return line

    def _small(self, name: str) -> QLabel:
        label = plain_label(self, name=name, wraps=True)
        label.hide()
        return label
