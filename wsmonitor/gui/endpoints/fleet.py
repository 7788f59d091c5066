"""The list of endpoints with what many of them need: a search, totals, what they share."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QSizePolicy, QWidget

from wsmonitor.gui.endpoints.endpoint_table import EndpointTable
from wsmonitor.gui.groups.fleet_words import MANY, shared, totals
from wsmonitor.gui.groups.grouping import GROUPINGS, Grouping
from wsmonitor.gui.look.labels import ElidedLabel, described
from wsmonitor.gui.look.layouts import in_column, in_row

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import Snapshot

_PERIOD_NS = 1_000_000_000


class Fleet(QWidget):
    """Puts a strip above `table` from eight rows on, or while something is searched."""

    searched = Signal()
    """Other rows are shown than before."""

    def __init__(self, table: EndpointTable, parent: QWidget) -> None:
        super().__init__(parent)
        self._table = table
        self._told_ns = 0
        self._cause = ""
        self.strip = described(QWidget(self), look="panel")
        self.strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.search = _Search(self)
        self.grouping = described(QComboBox(self), says="Group rows by")
        self.grouping.setToolTip("Put rows below one for each host, tag (a setting) or finding, with its totals")
        for grouping in GROUPINGS:
            self.grouping.addItem("no groups" if grouping == "none" else f"by {grouping}", grouping)
        self.totals = ElidedLabel(self)
        self.shared = _Elided(self)
        top = in_row((self.search, 1), self.grouping, (self.shared, 2))
        in_column(top, self.totals, within=self.strip, margins=(8, 4, 8, 4), spacing=2)
        in_column(self.strip, (table, 1), within=self, margins=0, spacing=0)
        self.strip.hide()
        self.search.textChanged.connect(self._search)
        self.search.left.connect(self._table.setFocus)
        self.shared.clicked.connect(self._show_shared)
        self.grouping.currentIndexChanged.connect(self._group)

    @property
    def whole_height(self) -> int:
        """Pixels that the strip and all rows need."""
        return self._table.whole_height + (0 if self.strip.isHidden() else self.strip.sizeHint().height())

    @property
    def grouped_by(self) -> Grouping:
        """What rows are grouped by."""
        return GROUPINGS[self.grouping.currentIndex()]

    def group_by(self, grouping: Grouping) -> None:
        """Group rows by this from now on."""
        self.grouping.setCurrentIndex(GROUPINGS.index(grouping))

    def ask(self) -> None:
        """Put the cursor into the search."""
        self.strip.show()
        self.search.setFocus()
        self.search.selectAll()

    def show_snapshot(self, snapshot: "Snapshot") -> None:
        """Take the endpoints; the words change once a second."""
        self._table.show_snapshot(snapshot)
        if 0 <= snapshot.at_ns - self._told_ns < _PERIOD_NS:
            return
        self._told_ns = snapshot.at_ns
        is_asked = bool(self.search.text()) or self.search.hasFocus() or self.grouped_by != "none"
        is_many = len(snapshot.endpoints) >= MANY or is_asked
        self.strip.setVisible(is_many)
        if is_many:
            self._tell(snapshot)

    def _tell(self, snapshot: "Snapshot") -> None:
        words = totals(self._table.shown(snapshot).endpoints, len(snapshot.endpoints))
        self.totals.say(words)
        most = shared(snapshot.endpoints)
        self._cause = most.cause if most is not None else ""
        self.shared.say(most.text if most is not None else "")
        self.shared.setEnabled(most is not None)

    def _search(self, text: str) -> None:
        self._table.search(text)
        self._told_ns = 0
        self.searched.emit()

    def _group(self) -> None:
        self._table.group_by(self.grouped_by)
        self._told_ns = 0
        self.searched.emit()

    def _show_shared(self) -> None:
        wanted = f'"{self._cause}"'
        self.search.setText("" if self.search.text() == wanted else wanted)


class _Elided(QPushButton):
    """A flat button that cuts the end of its words, never their beginning."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("flat")
        self.setStyleSheet("text-align: left; padding-left: 4px; padding-right: 4px;")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.words = ""

    def say(self, words: str) -> None:
        """Show `words` as far as there is room; the tooltip has all."""
        self.words = words
        self.setAccessibleName(words)
        self.setToolTip(f"{words}\nShow these endpoints; again shows all" if words else "")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - 12
        self.setText(self.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideRight, room))


class _Search(QLineEdit):
    """Escape empties it and leaves."""

    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPlaceholderText("Search rows ( / )")
        self.setAccessibleName("Search endpoints")
        self.setToolTip("Words of name, address, state, last end, finding; rows, lanes and totals follow")
        self.setClearButtonEnabled(True)
        self.returnPressed.connect(self.left)

    def event(self, event: QEvent) -> bool:
        """Here Escape is this field's, not the window's."""
        is_override = event.type() is QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)
