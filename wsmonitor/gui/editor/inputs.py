"""One widget for each form of field. Each holds a value as the workspace file would, `None` for the default."""

import re
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLabel, QLineEdit, QToolButton, QWidget

from wsmonitor.gui.editor.fields import Field
from wsmonitor.gui.look.labels import described
from wsmonitor.gui.look.layouts import in_row
from wsmonitor.text.redact import redact_url

_WHOLE = re.compile(r"[+-]?[0-9_]{1,18}", re.ASCII)


class Input(QWidget):
    """Base of all: `value` is what was entered (`None`: nothing, the default holds), `changed` follows it."""

    changed = Signal()

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = field
        self._row = in_row(within=self, margins=0, spacing=6)

    def value(self) -> Any:
        """What was entered, of the type it looks like; the rules of the workspace judge it."""
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Show `value`; `None` shows the default."""
        raise NotImplementedError

    def mark(self, *, problem: bool) -> None:
        """Show, besides the sentence below, that something is wrong here."""

    def _take(self, widget: QWidget, *, stretch: int = 0) -> None:
        widget.setAccessibleName(self.field.label)
        widget.setAccessibleDescription(self.field.hint)
        widget.setToolTip(_tooltip(self.field))
        self._row.addWidget(widget, stretch)
        if self.focusProxy() is None:
            self.setFocusProxy(widget)


class FlagInput(Input):
    """Yes or no."""

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(field, parent)
        self.box = QCheckBox(field.label, self)
        self._take(self.box)
        self._row.addStretch(1)
        self.box.setChecked(bool(field.default))
        self.box.toggled.connect(self.changed)

    def value(self) -> bool | None:
        return None if self.box.isChecked() == self.field.default else self.box.isChecked()

    def show_value(self, value: Any) -> None:
        self.box.setChecked(bool(self.field.default if value is None else value))


class ChoiceInput(Input):
    """One of a few words; the first entry is the default."""

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(field, parent)
        self.box = QComboBox(self)
        self.box.view().setAccessibleName(f"{field.label}: choices")
        self.box.addItem(f"{field.default} (default)" if field.default else "none", None)
        for choice in field.choices:
            if choice != field.default:
                self.box.addItem(choice, choice)
        self._take(self.box)
        self._row.addStretch(1)
        self.box.currentIndexChanged.connect(self.changed)

    def value(self) -> str | None:
        chosen: str | None = self.box.currentData()
        return chosen

    def show_value(self, value: Any) -> None:
        self.box.setCurrentIndex(max(0, self.box.findData(value)) if value is not None else 0)


class TextInput(Input):
    """One line of text or a number; empty means the default, which stands there in grey."""

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(field, parent)
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText(f"{field.default_text}   (default)" if field.default_text else "")
        self.edit.setClearButtonEnabled(True)
        is_number = field.form == "number"
        self._take(self.edit, stretch=0 if is_number else 1)
        if is_number:
            self.edit.setFixedWidth(self.edit.fontMetrics().horizontalAdvance("67,108,864 (64 MiB)   (default)") + 50)
            self._row.addWidget(QLabel(field.unit, self))
            self._row.addStretch(1)
        self.edit.textChanged.connect(self.changed)

    def value(self) -> Any:
        text = self.edit.text()
        if self.field.form != "number":
            return text or None
        return number_from(text, is_whole=self.field.is_whole)

    def show_value(self, value: Any) -> None:
        self.edit.setText("" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value))
        self.edit.setCursorPosition(0)

    def mark(self, *, problem: bool) -> None:
        mark_problem(self.edit, problem=problem)


class SecretInput(TextInput):
    """A text that is shown as dots until its button is pressed."""

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(field, parent)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._row.addWidget(reveal_button(self, field.label, self._reveal))

    def _reveal(self, shown: bool) -> None:
        self.edit.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)


class UrlInput(TextInput):
    """A URL; what is secret in it is shown as `***`, and cannot be edited, until its button is pressed."""

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(field, parent)
        self._hidden = ""
        """The whole URL while the field shows what may be seen of it."""
        self.show_button = reveal_button(self, field.label, self._reveal)
        self._row.addWidget(self.show_button)
        self.show_value(None)

    def value(self) -> Any:
        return self._hidden or super().value()

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        self.show_button.setChecked(False)
        self._reveal(False)

    def _reveal(self, shown: bool) -> None:
        url = self._hidden or self.edit.text()
        self._hidden = "" if shown or redact_url(url) == url else url
        self.edit.blockSignals(True)
        self.edit.setText(redact_url(url) if self._hidden else url)
        self.edit.setCursorPosition(0)
        self.edit.blockSignals(False)
        self.edit.setReadOnly(bool(self._hidden))
        self.show_button.setVisible(redact_url(url) != url)


class FileInput(TextInput):
    """The path of a file, typed or chosen."""

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(field, parent)
        button = described(QToolButton(self), says=f"Browse for {field.label}")
        button.setText("Browse…")
        self._row.addWidget(button)
        button.clicked.connect(self._browse)

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.field.label)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self.edit.setText(path.replace("${", "$${"))


def reveal_button(parent: QWidget, label: str, toggled: Any) -> QToolButton:
    """A button that says "Show" and, once pressed, "Hide"."""
    button = described(QToolButton(parent), says=f"Show {label}")
    button.setCheckable(True)
    button.setText("Show")
    button.toggled.connect(partial(_rename, button))
    button.toggled.connect(toggled)
    return button


def number_from(text: str, *, is_whole: bool) -> Any:
    """The number that `text` is, `None` where it is empty, and the text itself where it is no number."""
    text = text.strip()
    if not text:
        return None
    plain = text.replace(",", "").replace("_", "") if is_whole else text
    if _WHOLE.fullmatch(plain):
        return int(plain)
    try:
        number = float(plain)
    except ValueError:
        return text
    return number if number - number == 0 else text  # inf and nan are no settings


def mark_problem(widget: QWidget, *, problem: bool) -> None:
    """Give a field the frame of a mistake, or take it away."""
    if bool(widget.property("problem")) != problem:
        widget.setProperty("problem", problem)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def _rename(button: QToolButton, shown: bool) -> None:
    button.setText("Hide" if shown else "Show")


def _tooltip(field: Field) -> str:
    key = ".".join(field.place)
    default = f"Default: {field.default_text}{f' {field.unit}' if field.unit else ''}. " if field.default_text else ""
    return f"{default}In the workspace file: {key}"
