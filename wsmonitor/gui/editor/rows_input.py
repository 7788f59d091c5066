"""Lists as a small table: headers, subprotocols, messages, rules. Secrets in it are masked."""

import json
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wsmonitor.gui.editor.fields import Column, Field
from wsmonitor.gui.editor.inputs import Input, reveal_button
from wsmonitor.gui.look.labels import described
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.text.redact import is_secret_header, redact_header

_ROWS_SHOWN = 3


class RowsInput(Input):
    """A table with a row for each entry; `value` is a list of texts or tables, or a table of pairs."""

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(field, parent)
        self._is_revealed = False
        self._is_filling = False
        self.table = described(QTableWidget(0, len(field.columns), self), look="rows")
        self.table.setHorizontalHeaderLabels([column.label for column in field.columns])
        self.table.horizontalHeader().setVisible(len(field.columns) > 1)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        row_height = self.table.fontMetrics().height() + 10
        self.table.verticalHeader().setDefaultSectionSize(row_height)
        header = self.table.horizontalHeader().sizeHint().height() if len(field.columns) > 1 else 0
        self.table.setFixedHeight(_ROWS_SHOWN * row_height + header + 4)
        self._take(self.table, stretch=1)
        self._row.addLayout(self._buttons())
        self.table.itemChanged.connect(self._edited)

    def value(self) -> Any:
        rows = [self._texts(row) for row in range(self.table.rowCount())]
        rows = [texts for texts in rows if any(text.strip() for text in texts)]
        if self.field.form == "pairs":
            return _pairs(rows) or None
        if self.field.columns[0].name == "":
            return [texts[0] for texts in rows] or None
        return [_table(self.field.columns, texts) for texts in rows] or None

    def show_value(self, value: Any) -> None:
        self._is_filling = True
        self.table.setRowCount(0)
        if self.field.form == "pairs":
            rows = [list(pair) for pair in (value or {}).items()]
        elif self.field.columns[0].name == "":
            rows = [[text] for text in value or ()]
        else:
            rows = [
                [_cell_text(entry.get(column.name), column) for column in self.field.columns] for entry in value or ()
            ]
        for texts in rows:
            self._append(texts)
        self._is_filling = False
        self.changed.emit()

    def add_row(self) -> None:
        """Append an empty row and start typing in it."""
        self._append([""] * len(self.field.columns))
        row = self.table.rowCount() - 1
        self.table.setCurrentCell(row, 0)
        item = self.table.item(row, 0)
        if item is not None:
            self.table.editItem(item)

    def remove_row(self) -> None:
        """Remove the current row."""
        if self.table.currentRow() >= 0:
            self.table.removeRow(self.table.currentRow())
            self.changed.emit()

    def _buttons(self) -> QVBoxLayout:
        column = in_column(spacing=4)
        for text, name, work in (("Add", "Add to", self.add_row), ("Remove", "Remove from", self.remove_row)):
            button = described(QToolButton(self), says=f"{name} {self.field.label}")
            button.setText(text)
            button.clicked.connect(work)
            column.addWidget(button)
        if self.field.form == "pairs":
            column.addWidget(reveal_button(self, f"secrets in {self.field.label}", self._reveal))
        column.addStretch(1)
        return column

    def _append(self, texts: list[str]) -> None:
        filling, self._is_filling = self._is_filling, True
        row = self.table.rowCount()
        self.table.insertRow(row)
        for at, (column, text) in enumerate(zip(self.field.columns, texts, strict=True)):
            if column.choices:
                self.table.setCellWidget(row, at, self._choice(column, text))
            else:
                item = QTableWidgetItem()
                item.setData(Qt.ItemDataRole.UserRole, text)
                item.setToolTip("")
                self.table.setItem(row, at, item)
        self._word(row)
        self._is_filling = filling

    def _choice(self, column: Column, chosen: str) -> QComboBox:
        box = described(QComboBox(self.table), says=column.label, hint=column.hint)
        box.addItems(list(column.choices))
        box.setCurrentText(chosen or column.choices[0])
        box.currentIndexChanged.connect(self.changed)
        return box

    def _texts(self, row: int) -> list[str]:
        return [self._text(row, at) for at in range(len(self.field.columns))]

    def _text(self, row: int, at: int) -> str:
        widget = self.table.cellWidget(row, at)
        if isinstance(widget, QComboBox):
            return widget.currentText() if self._is_used(row) else ""
        item = self.table.item(row, at)
        return "" if item is None else str(item.data(Qt.ItemDataRole.UserRole) or "")

    def _is_used(self, row: int) -> bool:
        items = [self.table.item(row, at) for at in range(len(self.field.columns))]
        return any(item is not None and item.data(Qt.ItemDataRole.UserRole) for item in items)

    def _edited(self, item: QTableWidgetItem) -> None:
        if self._is_filling:
            return
        shown = self._shown(item.row(), item.column())
        if item.text() != shown:
            item.setData(Qt.ItemDataRole.UserRole, item.text())
        self._word(item.row())
        self.changed.emit()

    def _reveal(self, shown: bool) -> None:
        self._is_revealed = shown
        for row in range(self.table.rowCount()):
            self._word(row)

    def _word(self, row: int) -> None:
        """Show the texts of a row, secrets masked."""
        filling, self._is_filling = self._is_filling, True
        for at in range(len(self.field.columns)):
            item = self.table.item(row, at)
            if item is None:
                continue
            shown = self._shown(row, at)
            item.setText(shown)
            editable = shown == self._text(row, at)  # what is masked would be overwritten by its mask
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            item.setFlags(flags | Qt.ItemFlag.ItemIsEditable if editable else flags)
            item.setToolTip("" if editable else "A secret: press Show to read or edit it")
        self._is_filling = filling

    def _shown(self, row: int, at: int) -> str:
        text = self._text(row, at)
        if self.field.form != "pairs" or at == 0 or self._is_revealed:
            return text
        name = self._text(row, 0)
        return redact_header(name, text) if text and is_secret_header(name) else text


def _pairs(rows: list[list[str]]) -> dict[str, str]:
    """Pairs as a table; a name that stands twice is kept apart by its place, so that it can be refused."""
    found: dict[str, str] = {}
    for typed, value in rows:
        name = typed.strip()
        found[name if name not in found else name.swapcase()] = value.strip()
    return found


def _table(columns: tuple[Column, ...], texts: list[str]) -> dict[str, Any]:
    cells = zip(columns, texts, strict=True)
    return {column.name: _any_value(text) if column.is_any else text for column, text in cells if text}


def _any_value(text: str) -> Any:
    """JSON where it is some, else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _cell_text(value: Any, column: Column) -> str:
    if value is None:
        return ""
    if not column.is_any:
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if _any_value(value) != value else value
    return json.dumps(value, ensure_ascii=False)
