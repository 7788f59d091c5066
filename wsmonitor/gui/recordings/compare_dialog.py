"""Before and after: two sides to choose, what differs in a table, copied as text or Markdown."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QGridLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from wsmonitor.analysis.runs.compare import Comparison
from wsmonitor.exports.compared import Compared
from wsmonitor.exports.report.comparison import comparison_title, row_cells
from wsmonitor.gui.feed.job_strip import JobStrip
from wsmonitor.gui.look.colors import FAILED
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.look.words import plain
from wsmonitor.gui.recordings.compare_choices import Choice, suggested

_CHOOSE = "a recording (*.wsmon) …"
_WIDEST = 180
_HINT = "Choose two recordings. Marks A and B, or a focus period, also offer periods of what is shown."
_FINDINGS = (("gone", "vanished"), ("new", "appeared"), ("still there", "remained"))


class CompareDialog(QDialog):
    """`wanted` carries two choices, `file_wanted` which side asks for a recording, `copy_wanted` the form."""

    wanted = Signal(object, object)
    file_wanted = Signal(int)
    copy_wanted = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setWindowTitle("Compare")
        self.sides = (self._side("Before"), self._side("After"))
        self.start = described(QPushButton("Compare", self), look="primary")
        self.start.setDefault(True)
        self.jobs = JobStrip(self)
        self.problem = plain_label(self, name="error", wraps=True)
        self.table = described(QTreeWidget(self), says="What differs")
        self.table.setColumnCount(4)
        self.table.setRootIsDecorated(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.copies = {form: QPushButton(f"Copy as {form}", self) for form in ("text", "Markdown")}
        self.done_button = QPushButton("Close", self)
        for button in (*self.copies.values(), self.done_button):
            button.setAutoDefault(False)
        self._lay_out()
        self.start.clicked.connect(self._start)
        self.copies["text"].clicked.connect(self._copy_text)
        self.copies["Markdown"].clicked.connect(self._copy_markdown)
        self.done_button.clicked.connect(self.accept)
        self.sides[0].activated.connect(self._chosen_before)
        self.sides[1].activated.connect(self._chosen_after)

    def ask(self, offered: Sequence[Choice]) -> None:
        """Open with these periods to choose from, or a recording for either side."""
        for box, current in zip(self.sides, suggested(offered), strict=True):
            box.clear()
            for choice in offered:
                box.addItem(choice.text, choice)
            box.addItem(_CHOOSE, None)
            box.setCurrentIndex(current)
        hint = (
            ""
            if offered
            else "Choose two recordings; marks A and B, or a focus period, offer periods of what is shown."
        )
        self.say(hint, is_problem=False)
        self.table.clear()
        self.table.setHeaderLabels(["", "before", "after", "difference"])
        self._show_ready()
        self.open()

    def choose(self, side: int, choice: Choice) -> None:
        """Take a recording for one side."""
        box = self.sides[side]
        known = box.findText(choice.text)
        if known < 0:
            box.insertItem(box.count() - 1, choice.text, choice)
            known = box.count() - 2
        box.setCurrentIndex(known)
        self._show_ready()

    def say(self, text: str, *, is_problem: bool = True) -> None:
        """What went wrong, or is missing; or what to do."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        name = "error" if is_problem else "muted"
        if self.problem.objectName() != name:
            self.problem.setObjectName(name)
            self.problem.style().unpolish(self.problem)
            self.problem.style().polish(self.problem)

    def show_found(self, found: Compared) -> None:
        """Show what differs."""
        self.table.clear()
        titles = (found.before, found.after)
        self.table.setHeaderLabels(["", *(title.partition(": ")[0] for title in titles), "difference"])
        for column, title in enumerate(titles, 1):
            self.table.headerItem().setToolTip(column, plain(title))
        for one in found.comparisons:
            self._add(one)
        self.table.expandAll()
        for column in (1, 2, 3):
            self.table.resizeColumnToContents(column)
            self.table.setColumnWidth(column, min(self.table.columnWidth(column) + 12, _WIDEST))
        missing = [*found.problems, *(f"{name} is on one side only" for name in found.alone)]
        self.say("\n".join(missing[:4]), is_problem=False)
        self._show_ready()

    def _add(self, one: Comparison) -> None:
        top = QTreeWidgetItem(self.table, [comparison_title(one)])
        top.setFont(0, self._look.bold)
        top.setFirstColumnSpanned(True)
        for row in one.rows:
            cells = row_cells(row)
            item = QTreeWidgetItem(top, [cells[0], cells[1], cells[2], cells[3]])
            for column in (1, 2):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                item.setFont(column, self._look.mono_small)
            color = {"better": self._look.color("rtt_ws"), "worse": QColor(FAILED)}.get(row.outcome)
            item.setForeground(3, color or self._look.color("muted"))
        for mark, name in _FINDINGS:
            for sentence in getattr(one, name):
                item = QTreeWidgetItem(top, [f"finding {mark}: {sentence}"])
                item.setFirstColumnSpanned(True)
                item.setToolTip(0, plain(sentence))

    def _start(self) -> None:
        before, after = (box.currentData() for box in self.sides)
        if isinstance(before, Choice) and isinstance(after, Choice):
            self.say("")
            self.wanted.emit(before, after)

    def _chosen_before(self) -> None:
        self._chosen(0)

    def _chosen_after(self) -> None:
        self._chosen(1)

    def _chosen(self, side: int) -> None:
        if self.sides[side].currentData() is None:
            self.file_wanted.emit(side)
        self._show_ready()

    def _show_ready(self) -> None:
        self.start.setEnabled(all(isinstance(box.currentData(), Choice) for box in self.sides))
        for button in self.copies.values():
            button.setEnabled(self.table.topLevelItemCount() > 0)

    def _copy_text(self) -> None:
        self.copy_wanted.emit("text")

    def _copy_markdown(self) -> None:
        self.copy_wanted.emit("markdown")

    def _side(self, name: str) -> QComboBox:
        box = described(QComboBox(self), says=name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        return box

    def _lay_out(self) -> None:
        upper = QGridLayout()
        upper.setContentsMargins(14, 12, 14, 8)
        upper.setHorizontalSpacing(10)
        upper.setColumnStretch(1, 1)
        for row, (name, box) in enumerate(zip(("Before", "After"), self.sides, strict=True)):
            upper.addWidget(QLabel(name, self), row, 0)
            upper.addWidget(box, row, 1)
        upper.addWidget(self.start, 1, 2)
        upper.addWidget(self.problem, 2, 0, 1, 3)
        lower = in_row(*self.copies.values(), ..., self.done_button, margins=(14, 6, 14, 10), spacing=6)
        in_column(upper, self.jobs, (self.table, 1), lower, within=self, margins=0, spacing=0)
        self.resize(780, 560)
