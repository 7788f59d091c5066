"""The pages of the editor: labels, inputs, hints, and below each field what is wrong with it."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from wsmonitor.gui.editor.draft import OPTIONAL
from wsmonitor.gui.editor.fields import Field, Group, Page, Place, pages
from wsmonitor.gui.editor.inputs import ChoiceInput, FileInput, FlagInput, Input, SecretInput, TextInput, UrlInput
from wsmonitor.gui.editor.rows_input import RowsInput
from wsmonitor.gui.look.labels import described
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look

_INPUTS: dict[str, type[Input]] = {
    "flag": FlagInput,
    "choice": ChoiceInput,
    "number": TextInput,
    "text": TextInput,
    "url": UrlInput,
    "secret": SecretInput,
    "file": FileInput,
    "rows": RowsInput,
    "pairs": RowsInput,
}


class EndpointForm(QWidget):
    """A list of pages and the page chosen in it; `changed` follows every edit."""

    changed = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.inputs: dict[Place, Input] = {}
        self._problems: dict[Place, QLabel] = {}
        self.list = described(QListWidget(self), look="pages", says="Pages of settings")
        self._stack = QStackedWidget(self)
        for page in pages():
            self.list.addItem(QListWidgetItem(page.title))
            self._stack.addWidget(self._page(page))
        self.list.setFixedWidth(self.list.sizeHintForColumn(0) + 40)
        in_row(self.list, (self._stack, 1), within=self, margins=0, spacing=0)
        self.list.currentRowChanged.connect(self._stack.setCurrentIndex)
        self.list.setCurrentRow(0)

    def values(self) -> dict[Place, Any]:
        """What was entered, by place."""
        return {place: one.value() for place, one in self.inputs.items()}

    def show_values(self, values: dict[Place, Any]) -> None:
        """Show these values, and the defaults everywhere else."""
        self.blockSignals(True)
        for place, one in self.inputs.items():
            one.show_value(values.get(place))
        self.blockSignals(False)
        self.changed.emit()

    def show_mistakes(self, mistakes: dict[Place, str]) -> None:
        """Say each mistake below its field, and mark the pages that have one."""
        for place, label in self._problems.items():
            text = mistakes.get(place, "")
            label.setText(text)
            label.setVisible(bool(text))
            self.inputs[place].mark(problem=bool(text))
        for row, page in enumerate(pages()):
            wrong = sum(field.place in mistakes for group in page.groups for field in group.fields)
            item = self.list.item(row)
            item.setText(f"{page.title}  ✖" if wrong else page.title)
            item.setToolTip(f"{wrong} to mend" if wrong else "")

    def go_to(self, place: Place) -> None:
        """Show the page of a field and put the cursor there."""
        for row, page in enumerate(pages()):
            if any(field.place == place for group in page.groups for field in group.fields):
                self.list.setCurrentRow(row)
                self.inputs[place].setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _page(self, page: Page) -> QScrollArea:
        inner = described(QWidget(self), look="panel")
        inner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = in_column(within=inner, margins=(18, 14, 18, 14), spacing=10)
        for group in page.groups:
            if group.title:
                column.addWidget(self._heading(group.title))
            column.addLayout(self._grid(group))
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        return area

    def _heading(self, title: str) -> QLabel:
        label = QLabel(title, self)
        label.setFont(self._look.bold)
        return label

    def _grid(self, group: Group) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnMinimumWidth(0, 120)
        grid.setColumnStretch(1, 1)
        for field in group.fields:
            self._add(grid, field)
        return grid

    def _add(self, grid: QGridLayout, field: Field) -> None:
        one = _INPUTS[field.form](field, self)
        self.inputs[field.place] = one
        one.changed.connect(self.changed)
        row = grid.rowCount()
        label = QLabel("" if field.form == "flag" else field.label, self)
        label.setBuddy(one)
        grid.addWidget(
            label, row, 0, Qt.AlignmentFlag.AlignTop if field.form in ("rows", "pairs") else Qt.AlignmentFlag(0)
        )
        grid.addWidget(one, row, 1)
        hint = self._small(_hint(field), "muted")
        problem = self._small("", "error")
        problem.hide()
        self._problems[field.place] = problem
        grid.addWidget(hint, row + 1, 1)
        grid.addWidget(problem, row + 2, 1)
        grid.setRowMinimumHeight(row + 3, 7)

    def _small(self, text: str, name: str) -> QLabel:
        label = described(QLabel(text, self), look=name)
        label.setFont(self._look.small)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label


def _hint(field: Field) -> str:
    default = f" Default: {field.default_text}." if field.form in ("flag", "rows") and field.default_text else ""
    if field.place[0] in OPTIONAL and field.place[1] == "enabled":
        return "Off by default; turning it off keeps what is set below."
    return f"{field.hint}{default}".strip()
