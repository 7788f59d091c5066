"""The closures of the chosen endpoints, newest first, for a table."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wsmonitor.analysis.snapshot import Closure, Snapshot
from wsmonitor.gui import tooltip, words
from wsmonitor.gui.models.causes import Causes
from wsmonitor.gui.models.code_text import explain_verdict
from wsmonitor.gui.moments import Moments
from wsmonitor.plain_text import visible

AnyIndex = QModelIndex | QPersistentModelIndex

TITLES = ("time", "#", "endpoint", "who", "how", "code", "reason", "lived", "silent rx / tx", "cause")


def closure_cell(closure: Closure, column: int, snapshot: Snapshot, moments: Moments, found: str = "") -> str:
    """The text of one cell, plain and on one line; `found` is the finding that explains the closure."""
    verdict = closure.verdict
    match column:
        case 0:
            return moments.clock(snapshot, closure.at_ns)
        case 1:
            return str(closure.number)
        case 2:
            return visible(closure.endpoint, 60)
        case 3:
            return words.who(verdict)
        case 4:
            return words.how(verdict)
        case 5:
            return words.code(verdict)
        case 6:
            return words.reason(verdict)
        case 7:
            return words.seconds(verdict.life_ns)
        case 8:
            return f"{verdict.silence_rx_ns / 1e9:.1f} / {verdict.silence_tx_ns / 1e9:.1f}"
        case _:
            return found or words.cause(verdict)


class ClosureModel(QAbstractTableModel):
    """Shows the closures of a snapshot that pass the filter; new ones come in at the top."""

    def __init__(self, moments: Moments, parent: QObject) -> None:
        super().__init__(parent)
        self._moments = moments
        self._snapshot: Snapshot | None = None
        self._shown: list[Closure] = []
        self._endpoints: frozenset[str] | None = None
        self._text = ""
        self._causes = Causes()
        self.profile_of: Callable[[str], str] = _no_profile
        """The framework of an endpoint's server; the window knows the configurations."""

    def show(self, snapshot: Snapshot) -> None:
        """Take the closures of `snapshot`."""
        before, self._snapshot = self._snapshot, snapshot
        if self._causes.look(snapshot) and self._shown:
            column = len(TITLES) - 1
            self.dataChanged.emit(self.index(0, column), self.index(len(self._shown) - 1, column))
        if before is not None and before.closures is snapshot.closures:
            return
        closures = self._chosen(snapshot.closures)
        new = len(closures) - len(self._shown)
        if new > 0 and (not self._shown or closures[new] is self._shown[0]):
            self.beginInsertRows(QModelIndex(), 0, new - 1)
            self._shown = closures
            self.endInsertRows()
        elif new != 0 or (closures and closures[0] is not self._shown[0]):
            self.beginResetModel()
            self._shown = closures
            self.endResetModel()

    def choose(self, endpoints: frozenset[str] | None, text: str) -> None:
        """Show only these endpoints (`None`: all) and rows that contain `text`."""
        if (endpoints, text) == (self._endpoints, self._text):
            return
        self._endpoints, self._text = endpoints, text.strip().lower()
        self.beginResetModel()
        self._shown = self._chosen(self._snapshot.closures) if self._snapshot is not None else []
        self.endResetModel()

    def closure(self, row: int) -> Closure | None:
        """The closure in table row `row`; `None` outside the table."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def cell(self, row: int, column: int) -> str:
        """The text of one cell, for the delegate that paints it."""
        closure = self.closure(row)
        if closure is None or self._snapshot is None:
            return ""
        return closure_cell(closure, column, self._snapshot, self._moments, self._causes.cause(closure))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's name; its own default
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008  # as above
        return 0 if parent.isValid() else len(TITLES)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(index.row(), index.column())
        closure = self.closure(index.row())
        if closure is None:
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return words.closure_sentence(closure)
        if role == Qt.ItemDataRole.ToolTipRole:
            explained = explain_verdict(closure.verdict, self.profile_of(closure.endpoint))
            return tooltip.plain(f"{words.closure_sentence(closure)}\n\n{explained}".strip())
        return None

    def headerData(  # noqa: N802  # Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        return None

    def _cell(self, closure: Closure, column: int, snapshot: Snapshot) -> str:
        return closure_cell(closure, column, snapshot, self._moments, self._causes.cause(closure)).lower()

    def _chosen(self, closures: Sequence[Closure]) -> list[Closure]:
        endpoints, text, snapshot = self._endpoints, self._text, self._snapshot
        chosen = [closure for closure in reversed(closures) if endpoints is None or closure.endpoint in endpoints]
        if not text or snapshot is None:
            return chosen
        return [
            closure
            for closure in chosen
            if any(text in self._cell(closure, column, snapshot) for column in range(len(TITLES)))
        ]


def _no_profile(endpoint: str) -> str:
    return ""
