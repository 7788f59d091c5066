"""The Events and Messages tabs: a bounded log through a filter, following its end."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QSplitter, QWidget

from wsmonitor.analysis.log import LogRow, LogView
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.facts.events import Control, Message
from wsmonitor.gui.look.cell_delegate import CellDelegate
from wsmonitor.gui.look.labels import described
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.moments import Moments
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.tables.filtering import RowFilter
from wsmonitor.gui.tables.inspector import Inspector
from wsmonitor.gui.tables.log_model import LogModel
from wsmonitor.gui.tables.log_table import LogTable
from wsmonitor.text import units
from wsmonitor.text.plain_text import preview, visible

OPCODE_NAMES = {0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
SEVERITY_MARKS = {"info": "·", "warning": "▲", "problem": "✖"}
_SEVERITY_COLORS = {"info": "text", "warning": "warning", "problem": "failure"}
_TIME = "00:00:00.000Z"


class EventColumns:
    """Time, how bad, where, and what happened."""

    titles = ("time", "", "endpoint", "#", "event")

    def __init__(self, moments: Moments) -> None:
        self._moments = moments

    def text(self, row: LogRow, before: LogRow | None, column: int, snapshot: Snapshot) -> str:
        match column:
            case 0:
                return self._moments.clock(snapshot, row.at_ns)
            case 1:
                return SEVERITY_MARKS[row.severity]
            case 2:
                return visible(row.endpoint, 60)
            case 3:
                return str(row.connection) if row.connection else ""
            case _:
                return row.text


class MessageColumns:
    """Time, direction, what it is, how long, since when, and its head."""

    titles = ("time", "", "endpoint", "opcode", "size", "delta", "preview")

    def __init__(self, moments: Moments) -> None:
        self._moments = moments

    def text(self, row: LogRow, before: LogRow | None, column: int, snapshot: Snapshot) -> str:
        event = row.event
        if not isinstance(event, Message | Control):
            return row.text if column == 6 else ""
        match column:
            case 0:
                return self._moments.clock(snapshot, row.at_ns)
            case 1:
                return "↓" if event.direction == "rx" else "↑"
            case 2:
                return visible(row.endpoint, 60)
            case 3:
                return OPCODE_NAMES.get(event.opcode, str(event.opcode))
            case 4:
                return units.short_size(event.size_bytes if isinstance(event, Message) else len(event.payload))
            case 5:
                return "" if before is None else delta(row.at_ns - before.at_ns)
            case _:
                return _head(event)


def delta(passed_ns: int) -> str:
    """`+0.28 ms`, `+28 s`; `−0.28 ms` for what was handed over after what came later."""
    return f"{'−' if passed_ns < 0 else '+'}{units.round_trip(abs(passed_ns))}"


def _head(event: Message | Control) -> str:
    if isinstance(event, Control) and event.opcode == 8 and len(event.payload) >= 2:
        return f"{int.from_bytes(event.payload[:2], 'big')} {preview(event.payload[2:], 123)}".rstrip()
    if event.opcode in (2, 9, 10):
        shown = event.payload[:48].hex(" ")
        suffix = " (suppressed)" if isinstance(event, Control) and event.suppressed else ""
        return f"{shown}{' …' if len(event.payload) > 48 else ''}{suffix}"
    return preview(event.payload, 200)


class LogTab(QWidget):
    """Shows one log of the snapshot; only what is visible costs anything."""

    row_chosen = Signal(object)
    """The `LogRow` that became current."""

    def __init__(self, model: LogModel, table: LogTable, inspector: Inspector | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.model, self.table = model, table
        self._filter = RowFilter()
        self.inspector = inspector
        column = in_column(within=self, margins=0)
        if inspector is None:
            column.addWidget(table)
        else:
            splitter = QSplitter(Qt.Orientation.Horizontal, self)
            splitter.addWidget(table)
            splitter.addWidget(inspector)
            splitter.setSizes([620, 380])
            splitter.setCollapsible(0, False)
            column.addWidget(splitter)
            inspector.hide()
        table.row_chosen.connect(self._chosen)
        table.clicked.connect(self._inspect)

    def show_log(self, snapshot: Snapshot, log: LogView) -> None:
        """Take the new rows; stay at the end, or where the user scrolled to."""
        follow = self.table.is_at_end
        bar = self.table.verticalScrollBar()
        top = self.model.log_row(bar.value())
        first_before = bar.value()
        self.model.show(snapshot, log)
        if follow:
            self.table.scrollToBottom()
        elif top is not None and (now_at := self.model.log_row(first_before)) is not None and now_at is not top:
            bar.setValue(max(0, first_before - (now_at.number - top.number)))

    def set_filter(self, row_filter: RowFilter) -> None:
        """Show only rows that pass."""
        self.model.set_filter(row_filter)
        self.table.scrollToBottom()

    def choose_moment(self, at_ns: int) -> LogRow | None:
        """Let the row that is nearest to a moment be the current one, in sight; `None` in an empty table."""
        row = self.model.row_near(at_ns)
        if row is None:
            return None
        self.table.blockSignals(True)  # the moment is what was chosen
        self.table.selectRow(row)
        self.table.blockSignals(False)
        self.table.scrollTo(self.model.index(row, 0), QAbstractItemView.ScrollHint.PositionAtCenter)
        self._inspect()
        return self.model.log_row(row)

    def _chosen(self, row: int) -> None:
        self.row_chosen.emit(self.model.log_row(row))
        self._inspect()

    def _inspect(self) -> None:
        found = self.model.log_row(self.table.currentIndex().row())
        if self.inspector is not None and found is not None:
            self.inspector.inspect(found)


def events_tab(look: Look, parent: QWidget) -> LogTab:
    """What happened: states, failures, closures, disruptions, gaps."""
    model = LogModel(EventColumns(look.moments), parent)
    table = LogTable(model, look, parent, samples={0: _TIME, 1: "▲", 2: "x" * 22, 3: "1234"})
    table.setAccessibleName("Events")

    def purpose(row: int, column: int, text: str) -> str:
        found = model.log_row(row)
        if column in (1, 4) and found is not None:
            return _SEVERITY_COLORS[found.severity]
        return "text" if column == 2 else "muted"

    table.use(CellDelegate(model, purpose, look, table))
    return LogTab(model, table, None, parent)


def messages_tab(look: Look, parent: QWidget) -> LogTab:
    """Data messages and control frames."""
    model = LogModel(MessageColumns(look.moments), parent)
    samples = {0: _TIME, 1: "↓", 2: "x" * 22, 3: "binary", 4: "000.0 kB", 5: "+00.00 ms"}
    table = described(LogTable(model, look, parent, samples=samples), says="Messages")

    def purpose(row: int, column: int, text: str) -> str:
        found = model.log_row(row)
        if column == 1:
            return "received" if text == "↓" else "sent"
        return "muted" if column in (0, 5) or _is_control(found) else "text"

    table.use(CellDelegate(model, purpose, look, table, aligned=frozenset({4, 5})))
    return LogTab(model, table, Inspector(look, parent), parent)


def _is_control(row: LogRow | None) -> bool:
    return row is not None and isinstance(row.event, Control) and not isinstance(row.event, Message)
