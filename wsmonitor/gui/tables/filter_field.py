"""The field in which rows are filtered: what is wrong stands below it on top of the table, and filters can be kept."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from wsmonitor.gui.look.filter_list import FilterList
from wsmonitor.gui.look.icons import icon
from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.popover import Popover
from wsmonitor.gui.look.theme import Look
from wsmonitor.text.plain_text import visible

MOST_KEPT = 50
EXAMPLES = (
    "rx & size>1k",
    'rx & $.type == "tick"',
    "close | ping | pong",
    "code:1011 & lived<10s",
    "is:loss & silent_rx>20s",
    "reason ~ /time.?out/",
    "type:state_changed & state:degraded",
)
_DELAY_MS = 120
_PROBLEM_WIDTH, _LONGEST_PROBLEM = 420, 400


class FilterField(QLineEdit):
    """`changed` carries the text a moment after it was typed. Down, or the button in it, opens the kept filters."""

    changed = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPlaceholderText("filter: text, /regex/, rx, size>1k …")
        self.setToolTip(
            "Words, /regex/, rx tx text binary ping pong close, fields such as size>1k code:1011 lived<10s,"
            ' $.type == "tick", joined by & | ! and brackets. Down opens kept filters and examples.'
        )
        self.setAccessibleName("Filter")
        self.setClearButtonEnabled(True)
        self.kept: tuple[str, ...] = ()
        """Filters that were kept, the newest first."""
        self.problem = plain_label(parent, name="filter_problem", wraps=True)
        self.problem.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.problem.hide()
        self._look, self._page = look, parent
        self._list: _KeptFilters | None = None
        self._open_list = QAction("Kept filters and examples", self)
        self._open_list.triggered.connect(self.offer)
        self.addAction(self._open_list, QLineEdit.ActionPosition.TrailingPosition)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_DELAY_MS)
        self._delay.timeout.connect(self._say_changed)
        self.textChanged.connect(self._typed)
        self._draw()
        look.changed.connect(self._draw)
        parent.installEventFilter(self)

    def show_problem(self, problem: str) -> None:
        """Say below the field what is wrong with its text; nothing moves for it."""
        self.problem.setText(visible(problem, _LONGEST_PROBLEM))
        self.problem.setVisible(bool(problem))
        self.setAccessibleDescription(problem)
        if self.property("problem") is not bool(problem):
            self.setProperty("problem", bool(problem))
            self.style().unpolish(self)
            self.style().polish(self)
        self._place()

    def offer(self) -> None:
        """Open the list of kept filters."""
        if self._list is None:
            self._list = _KeptFilters(self)
        self._list.ask()

    @property
    def offered(self) -> list[str]:
        """The lines of the list that opened last."""
        return [] if self._list is None else self._list.filters.shown

    def choose(self, row: int) -> None:
        """Choose a line of the list that is open."""
        if self._list is not None:
            self._list.filters.list.setCurrentRow(row)
            self._list.filters.edit.returnPressed.emit()

    def keep(self, text: str) -> None:
        """Keep a filter, or forget it if it is kept."""
        others = tuple(kept for kept in self.kept if kept != text)
        self.kept = others if text in self.kept else (text, *others)[:MOST_KEPT]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """What is wrong stays below the field."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and watched is self._page:
            QTimer.singleShot(0, self, self._place)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Down opens the list."""
        if event.key() == Qt.Key.Key_Down:
            self.offer()
        else:
            super().keyPressEvent(event)

    def _typed(self, text: str) -> None:
        self._delay.start()

    def _say_changed(self) -> None:
        self.changed.emit(self.text())

    def _place(self) -> None:
        if self.problem.isHidden():
            return
        parent = self._page
        self.problem.setFixedWidth(min(_PROBLEM_WIDTH, parent.width() - 16))
        self.problem.adjustSize()
        below = self.mapTo(parent, QPoint(self.width(), self.height() + 2))
        self.problem.move(max(8, below.x() - self.problem.width()), below.y())
        self.problem.raise_()

    def _draw(self) -> None:
        self._open_list.setIcon(icon("filter", self._look.color("muted")))


class _KeptFilters(Popover):
    """Kept filters and examples; what stands in the field can be kept or forgotten."""

    def __init__(self, field: FilterField) -> None:
        super().__init__(field)
        self.setAccessibleName("Kept filters")
        self._field = field
        self.filters = FilterList(self, placeholder="Find a filter", name="Find a filter", width=360, height=220)
        in_column(self.filters, within=self, margins=8)
        self.filters.chosen.connect(self._choose)

    def ask(self) -> None:
        """Open above the field, which stands low in the window."""
        field, text = self._field, self._field.text().strip()
        self.filters.clear()
        if text and not field.problem.text():
            self.filters.add(f"{'Forget' if text in field.kept else 'Keep'} this filter:  {text}", (True, text))
        for heading, texts in (("Kept", field.kept), ("Examples", EXAMPLES)):
            if texts:
                self.filters.add_heading(heading)
            for one in texts:
                self.filters.add(f"    {one}", (False, one))
        self.open_above(field)
        self.filters.start()

    def _choose(self, value: tuple[bool, str]) -> None:
        self.hide()
        keeps, text = value
        if keeps:
            self._field.keep(text)
        else:
            self._field.setText(text)
