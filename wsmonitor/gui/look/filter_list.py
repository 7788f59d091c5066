"""A field and below it a list: typing words filters, arrows move, Enter or a click chooses."""

import re

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from wsmonitor.gui.look.layouts import in_column

_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_VALUE = Qt.ItemDataRole.UserRole


class FilterList(QWidget):
    """`chosen` carries the value of the entry; headings are shown only while nothing is typed."""

    chosen = Signal(object)
    current_changed = Signal()
    """What Enter would choose is another one, or none."""

    def __init__(self, parent: QWidget, *, placeholder: str, name: str, width: int, height: int) -> None:
        super().__init__(parent)
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(name)
        self.list = QListWidget(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMinimumSize(width, height)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        in_column(self.edit, self.list, within=self, margins=0)
        self.setFocusProxy(self.edit)
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self.refresh)
        self.edit.returnPressed.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        self.list.currentItemChanged.connect(self.current_changed)

    @property
    def shown(self) -> list[str]:
        """The lines that pass the filter, headings included."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return [item.text() for item in items if not item.isHidden()]

    def choose_by_double_click(self) -> None:
        """A click only makes an entry current: for lists beside which there are buttons."""
        self.list.itemClicked.disconnect(self._choose)
        self.list.itemDoubleClicked.connect(self._choose)

    def clear(self) -> None:
        """Offer nothing; what is typed stays."""
        self.list.clear()

    def add(self, text: str, value: object) -> None:
        """Offer `value` as one line; call `refresh` after the last one."""
        QListWidgetItem(text, self.list).setData(_VALUE, value)

    def add_heading(self, text: str) -> None:
        """A line that cannot be chosen."""
        QListWidgetItem(text, self.list).setFlags(Qt.ItemFlag.NoItemFlags)

    def offers(self, value: object) -> bool:
        """Whether `value` can be chosen now; a subclass may know better."""
        return True

    def current(self) -> object | None:
        """The value that Enter would choose."""
        item = self.list.currentItem()
        return None if item is None or item.isHidden() else item.data(_VALUE)

    def start(self) -> None:
        """Begin with an empty field that has the focus."""
        self.edit.clear()
        self.refresh()
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def refresh(self) -> None:
        """Show what passes the filter; the first entry becomes current in which what was typed begins words."""
        wanted = self.edit.text().lower().split()
        first: QListWidgetItem | None = None
        best: QListWidgetItem | None = None
        for row in range(self.list.count()):
            item = self.list.item(row)
            value = item.data(_VALUE)
            if value is None:
                item.setHidden(bool(wanted))
                continue
            text = item.text().lower()
            shown = self.offers(value) and all(word in text for word in wanted)
            item.setHidden(not shown)
            if shown:
                first = first or item
                best = best or (item if all(re.search(rf"\b{re.escape(word)}", text) for word in wanted) else None)
        self.list.setCurrentItem(best or first)  # type: ignore[arg-type]  # Qt takes none for "no item"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Arrows move in the list while the cursor stays in the field."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _MOVES:
            self.list.event(event)
            return True
        return super().eventFilter(watched, event)

    def _choose(self) -> None:
        value = self.current()
        if value is not None:
            self.chosen.emit(value)
