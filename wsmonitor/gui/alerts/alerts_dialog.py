"""The alert rules of the workspace: a list, and the chosen one as a form. Nothing is changed before OK."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QListWidget,
    QPushButton,
    QWidget,
)

from wsmonitor.gui.alerts.drafts import Draft, about_words, mistakes, rule_of
from wsmonitor.gui.alerts.rule_form import RuleForm
from wsmonitor.gui.look.labels import described
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.settings.conditions.condition import EXAMPLES
from wsmonitor.text.plain_text import visible


class AlertsDialog(QDialog):
    """`taken` carries the drafts once all of them are right; `try_wanted` one rule."""

    taken = Signal(object)
    try_wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Alerts")
        self.drafts: list[Draft] = []
        self._raised: frozenset[str] = frozenset()
        self._endpoints: Sequence[str] = ()
        self.list = described(QListWidget(self), look="pages", says="Alert rules")
        self.list.setFixedWidth(200)
        self.form = RuleForm(self)
        self.none = QLabel("No rules yet: Add makes one. They are kept in the workspace file.", self)
        self.none.setObjectName("muted")
        self.none.setWordWrap(True)
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.add = QPushButton("Add", self)
        self.remove = QPushButton("Remove", self)
        self.problem = described(QLabel(self), look="error")
        self.ok = described(QPushButton("OK", self), look="primary")
        self.ok.setDefault(True)
        self.cancel = QPushButton("Cancel", self)
        for button in (self.add, self.remove, self.cancel):
            button.setAutoDefault(False)
        self._lay_out()
        self.list.currentRowChanged.connect(self._show_current)
        self.add.clicked.connect(self.add_rule)
        self.remove.clicked.connect(self.remove_rule)
        self.form.changed.connect(self._edited)
        self.form.command_changed.connect(self._typed_program)
        self.form.try_pressed.connect(self._try)
        self.ok.clicked.connect(self._accept)
        self.cancel.clicked.connect(self.reject)

    def ask(self, drafts: Sequence[Draft], *, raised: frozenset[str], endpoints: Sequence[str]) -> None:
        """Open on these rules; those called as in `raised` stand now."""
        self.drafts, self._raised, self._endpoints = list(drafts), raised, endpoints
        self._fill(0)
        self._check()
        self.open()

    def add_rule(self) -> None:
        """A new rule, ready to be changed."""
        taken = {draft.table.get("name") for draft in self.drafts}
        name = next(name for number in range(1, 10_000) if (name := f"alert {number}") not in taken)
        self.drafts.append(Draft({"name": name, "when": EXAMPLES[0]}))
        self._fill(len(self.drafts) - 1)
        self._check()
        self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.form.name.selectAll()

    def remove_rule(self) -> None:
        """Without the chosen one."""
        row = self.list.currentRow()
        if 0 <= row < len(self.drafts):
            del self.drafts[row]
            self._fill(min(row, len(self.drafts) - 1))
            self._check()

    def _fill(self, current: int) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for draft in self.drafts:
            self.list.addItem(self._title(draft))
        self.list.setCurrentRow(current)
        self.list.blockSignals(False)
        self._show_current(current)

    def _title(self, draft: Draft) -> str:
        name = str(draft.table.get("name", ""))
        mark = "▲ " if name in self._raised else ""
        return f"{mark}{visible(name, 40)}"

    def _show_current(self, row: int) -> None:
        is_one = 0 <= row < len(self.drafts)
        self.form.setVisible(is_one)
        self.none.setVisible(not is_one)
        self.remove.setEnabled(is_one)
        if is_one:
            self.form.show_table(self.drafts[row].table, may_run=self.drafts[row].may_run)
            self._check()

    def _edited(self) -> None:
        row = self.list.currentRow()
        self.drafts[row] = Draft(self.form.table(), self.form.may_run.isChecked())
        self._check()

    def _typed_program(self) -> None:
        """Who types a program here wants it to run."""
        self.form.may_run.blockSignals(True)
        self.form.may_run.setChecked(True)
        self.form.may_run.blockSignals(False)

    def _check(self) -> list[dict[str, str]]:
        found = mistakes(self.drafts)
        for row, (draft, wrong) in enumerate(zip(self.drafts, found, strict=True)):
            self.list.item(row).setText(self._title(draft) + ("  ✖" if wrong else ""))
        row = self.list.currentRow()
        if 0 <= row < len(found):
            self.form.show_mistakes(found[row])
            about = "" if found[row] else about_words(rule_of(self.drafts[row].table), self._endpoints)
            self.form.about.setText(about)
            self.form.about.setVisible(bool(about))
        to_mend = sum(map(bool, found))
        self.problem.setText(f"{to_mend} to mend" if to_mend else "")
        return found

    def _try(self) -> None:
        row = self.list.currentRow()
        if not self._check()[row]:
            self.try_wanted.emit(rule_of(self.drafts[row].table))

    def _accept(self) -> None:
        found = self._check()
        wrong = next((row for row, one in enumerate(found) if one), None)
        if wrong is not None:
            self.list.setCurrentRow(wrong)
            return
        self.accept()
        self.taken.emit(self.drafts)

    def _lay_out(self) -> None:
        left = in_column((self.list, 1), spacing=0)
        row = in_row(self.add, self.remove, margins=(8, 6, 8, 6), spacing=6)
        left.addLayout(row)
        above = in_row(left, (self.form, 1), (self.none, 1), spacing=0)
        below = in_row(..., self.problem, self.cancel, self.ok, margins=(14, 6, 14, 10), spacing=6)
        in_column((above, 1), below, within=self, margins=0, spacing=0)
        self.resize(720, 470)
