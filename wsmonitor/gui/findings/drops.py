"""What ended the selected endpoint's connections, grouped: who, how, how long they lived."""

from collections.abc import Iterable
from statistics import median

from msgspec import Struct
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from wsmonitor.analysis.snapshot import Closure, EndpointView, Snapshot
from wsmonitor.facts.events import Key, covers
from wsmonitor.gui.groups.together import view_of
from wsmonitor.gui.look import words
from wsmonitor.gui.look.colors import CLOSED, FAILED
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.look.words import endpoint_title
from wsmonitor.tables.known_codes import EVERYBODYS
from wsmonitor.text import units
from wsmonitor.text.wording.closure_words import code_words, disruption_words, how, reason_words, who_in_full
from wsmonitor.text.wording.code_words import explain_verdict

_TOP = 4


class ClosureGroup(Struct, frozen=True):
    """Closures with the same who, how and code. Lives and silences in nanoseconds."""

    title: str
    closures: tuple[Closure, ...]
    is_failure: bool

    @property
    def details(self) -> tuple[str, str]:
        """How long they lived, and how silent it was before: constant numbers point at a timer."""
        lives = sorted(closure.verdict.life_ns for closure in self.closures)
        received = median(closure.verdict.silence_rx_ns for closure in self.closures)
        sent = median(closure.verdict.silence_tx_ns for closure in self.closures)
        return f"lived {_spread(lives)}", f"silent before: rx {units.tenths(received)}, tx {units.tenths(sent)}"


def closure_groups(closures: Iterable[Closure]) -> list[ClosureGroup]:
    """Groups, the largest first; forced ones and our own stops come last."""
    groups: dict[str, list[Closure]] = {}
    for closure in closures:
        groups.setdefault(_title(closure), []).append(closure)
    found = [ClosureGroup(title, tuple(group), group[0].verdict.is_loss) for title, group in groups.items()]
    return sorted(found, key=lambda group: (not group.is_failure, -len(group.closures)))


def _title(closure: Closure) -> str:
    verdict = closure.verdict
    if verdict.forced:
        return f"forced by you: {disruption_words(verdict.forced)}"
    code = code_words(verdict)
    reason = reason_words(verdict)
    by = (
        f"Close {code}{f' “{reason}”' if reason else ''}"
        if verdict.mechanism == "close_frame"
        else f"{how(verdict)}, {code}"
    )
    who = who_in_full(verdict)
    return f"{who}, {by}" if ":" in who else f"{who}: {by}"


def _spread(lives: list[int]) -> str:
    shortest, longest = units.tenths(lives[0]), units.tenths(lives[-1])
    if shortest == longest:
        return shortest
    first = shortest.removesuffix(" s") if longest.endswith(" s") and "min" not in longest else shortest
    return f"{first} to {longest} (median {units.tenths(median(lives))})"


class Drops(QWidget):
    """Painted text; recomputed only when there is another closure."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._view: EndpointView | None = None
        self._groups: list[ClosureGroup] = []
        self._places: list[tuple[float, ClosureGroup]] = []
        """Where each group ends, from top to bottom."""
        self._known: tuple[object, ...] = ()
        self._codes = EVERYBODYS
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Closures of the selected endpoint by kind")
        look.changed.connect(self.update)

    @property
    def groups(self) -> list[ClosureGroup]:
        """What is shown now."""
        return self._groups

    def show_snapshot(self, snapshot: Snapshot, key: Key | None) -> None:
        """Group the closures of endpoint `key`."""
        view = view_of(key, snapshot)
        self._codes = snapshot.codes_of(view.name) if view is not None else EVERYBODYS
        known = (key, view.closures if view else 0, view.failures if view else 0, view.connection if view else 0)
        if known == self._known:
            return
        self._known, self._view = known, view
        mine = (one for one in snapshot.closures if key is not None and covers(key, (one.endpoint, one.slot)))
        self._groups = closure_groups(mine)
        self.setAccessibleDescription("; ".join(f"{len(group.closures)} {group.title}" for group in self._groups))
        self.updateGeometry()
        self.update()

    def event(self, event: QEvent) -> bool:
        """The tooltip of a group explains its code."""
        if not isinstance(event, QHelpEvent) or event.type() is not QEvent.Type.ToolTip:
            return super().event(event)
        at = next((group for bottom, group in self._places if event.y() < bottom), None)
        text = "" if at is None else explain_verdict(at.closures[-1].verdict, self._codes)
        QToolTip.showText(event.globalPos(), words.plain(text) if text else "", self)
        return True

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        text, small = QFontMetrics(self._look.font).height() + 2, QFontMetrics(self._look.small).height() + 2
        return QSize(300, _TOP + text + 4 + len(self._groups) * (text + 2 * small + 5))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        view = self._view
        if view is None:
            return
        y = self._line(painter, float(_TOP), f"{_summary(view)} of {endpoint_title(view)} by kind", bold=True) + 4
        self._places = []
        for group in self._groups:
            y = self._paint_group(painter, y, group)
            self._places.append((y, group))

    def _paint_group(self, painter: QPainter, y: float, group: ClosureGroup) -> float:
        metrics = QFontMetrics(self._look.bold)
        count = f"×{units.short_count(len(group.closures))}"
        chip = QRectF(0, y, max(38, metrics.horizontalAdvance(count) + 10), metrics.height() + 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(FAILED if group.is_failure else CLOSED))
        painter.drawRoundedRect(chip, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self._look.bold)
        painter.setPen(QColor("#0c0f12"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, count)
        indent = chip.width() + 8
        y = self._line(painter, y, group.title, indent=indent)
        lived, silent = group.details
        whole = f"{lived} · {silent}"
        if QFontMetrics(self._look.small).horizontalAdvance(whole) > self.width() - indent:
            y = self._line(painter, y, lived, color="muted", indent=indent)
            whole = silent
        return self._line(painter, y, whole, color="muted", indent=indent) + 5

    def _line(
        self, painter: QPainter, y: float, text: str, *, color: str = "text", bold: bool = False, indent: float = 0.0
    ) -> float:
        font = self._look.bold if bold else self._look.small if color == "muted" else self._look.font
        metrics = QFontMetrics(font)
        rect = QRectF(indent, y, self.width() - indent, metrics.height() + 2)
        painter.setFont(font)
        painter.setPen(self._look.color(color))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
        return rect.bottom()


def _summary(view: EndpointView) -> str:
    """Closures are of this slot, connections of the whole endpoint."""
    closed = units.counted(view.closures, "closure")
    return f"{closed}, {units.counted(view.failures, 'failed opening')}" if view.failures else closed
