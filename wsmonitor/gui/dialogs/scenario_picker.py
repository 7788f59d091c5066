"""Every scenario of the lab in a list that is searched by typing; Enter adds one as an endpoint."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from wsmonitor.gui.dialogs.popover import Popover
from wsmonitor.gui.lab import LabScenario

_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class ScenarioPicker(Popover):
    """`chosen` carries the `LabScenario`."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Scenarios of the lab")
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText("What shall go wrong? rst, 1011, slow, 403 …")
        self.edit.setAccessibleName("Search")
        self.list = QListWidget(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMinimumSize(760, 360)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.edit)
        column.addWidget(self.list)
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._filter)
        self.edit.returnPressed.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        self.show_scenarios(())

    def show_scenarios(self, scenarios: Sequence[LabScenario]) -> None:
        """Offer these; without any, say that the lab starts."""
        self.list.clear()
        group = ""
        for scenario in scenarios:
            if scenario.group != group:
                group = scenario.group
                self._add_line(group)
            item = QListWidgetItem(f"    {scenario.id}:  {scenario.hint}", self.list)
            item.setData(Qt.ItemDataRole.UserRole, scenario)
        if not scenarios:
            self._add_line("The lab is starting …")
        self._filter(self.edit.text())

    def ask(self, anchor: QWidget) -> None:
        """Open below `anchor`."""
        self.edit.clear()
        self._filter("")
        self.open_below(anchor)
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Arrows move in the list while the cursor stays in the field."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _MOVES:
            self.list.event(event)
            return True
        return super().eventFilter(watched, event)

    def _add_line(self, text: str) -> None:
        item = QListWidgetItem(text, self.list)
        item.setFlags(Qt.ItemFlag.NoItemFlags)

    def _filter(self, text: str) -> None:
        wanted = text.lower().split()
        first: QListWidgetItem | None = None
        for row in range(self.list.count()):
            item = self.list.item(row)
            is_scenario = item.data(Qt.ItemDataRole.UserRole) is not None
            shown = all(word in item.text().lower() for word in wanted) if is_scenario else not wanted
            item.setHidden(not shown)
            first = first or (item if shown and is_scenario else None)
        self.list.setCurrentItem(first)  # type: ignore[arg-type]  # Qt takes none for "no item"

    def _choose(self) -> None:
        item = self.list.currentItem()
        scenario = None if item is None or item.isHidden() else item.data(Qt.ItemDataRole.UserRole)
        if scenario is not None:
            self.hide()
            self.chosen.emit(scenario)
