"""The tab of scorecards: how the test of a client goes, and a row for each fault."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from wsmonitor.analysis.experiments import ExperimentView
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.scorecard import scorecard_text as text
from wsmonitor.gui.scorecard.scorecard_row import ScorecardRow

_NOTHING = (
    "No client was tested so far. Select a tap and press “Test this client”: its connection is broken in many ways, "
    "one after the other, and each row says what the client did: noticed, tried again, came back, subscribed once."
)

_ROOMY = 860


class ScorecardTab(QWidget):
    """Shows the newest audit of the chosen taps, or another that is chosen here; says what was pressed."""

    stop_pressed = Signal(str)
    copy_pressed = Signal(str)
    """A text for the clipboard."""
    edit_pressed = Signal(object)
    """The `ExperimentView` whose first messages are to be said."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.is_live: Callable[[str], bool] = _never
        """Whether the test of a tap's client can be stopped; the window knows."""
        self.shown: ExperimentView | None = None
        self.rows: list[ScorecardRow] = []
        self._known: list[tuple[str, int]] = []
        self.which = described(QComboBox(self), says="Which test")
        self.title, self.status = plain_label(self, name="strong"), plain_label(self, name="muted")
        self.status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.messages = plain_label(self, name="muted")
        self.messages.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.nothing = plain_label(self, name="muted", wraps=True)
        self.nothing.setText(_NOTHING)
        self.bar = described(QProgressBar(self), says="Faults that were played")
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.stop = self._button("Stop", "End it now: faults are taken back, and what was found stays")
        self.edit = self._button("Edit …", "Say yourself which messages your client sends first on every connection")
        self.copy_text = self._button("Copy text", "Put the scorecard on the clipboard, as a table of text")
        self.copy_markdown = self._button("Copy Markdown", "Put the scorecard on the clipboard, for an issue")
        self._lay_out()
        self.which.currentIndexChanged.connect(self._forget_shown)
        self.stop.clicked.connect(self._press_stop)
        self.edit.clicked.connect(self._press_edit)
        self.copy_text.clicked.connect(self._press_text)
        self.copy_markdown.clicked.connect(self._press_markdown)

    def show_audits(self, snapshot: Snapshot, names: frozenset[str] | None) -> None:
        """Show those of these taps; `None` means of all."""
        found = text.audits(snapshot, names)
        self._show_choice(found, snapshot)
        self.nothing.setVisible(not found)
        self._whole.setVisible(bool(found))
        if not found:
            self.shown = None
            return
        number = self.which.currentIndex()
        self._show(found[::-1][max(0, number)], snapshot.at_ns)

    def _show(self, view: ExperimentView, now_ns: int) -> None:
        is_new, self.shown = view is not self.shown, view
        can_stop = view.is_running and self.is_live(view.endpoint)
        self._say(self.status, text.status(view, now_ns))
        self.stop.setVisible(can_stop)
        if not is_new:
            return
        audit = view.audit if view.is_running else None
        self._say(self.title, text.title(view))
        self._say(self.messages, text.first_messages(view))
        self.messages.setToolTip(self.messages.text())
        self.edit.setVisible(can_stop and audit is not None and audit.subscription is not None)
        done, whole = text.progress(view)
        self.bar.setMaximum(whole)
        self.bar.setValue(done)
        self.bar.setVisible(view.is_running)
        self.copy_text.setEnabled(bool(view.rows))
        self.copy_markdown.setEnabled(view.answer is not None)
        is_on = audit is not None and bool(audit.fault)
        while len(self.rows) < len(view.rows) + is_on:
            self._add_row()
        for row, shown in zip(self.rows, view.rows, strict=False):
            row.show_row(shown)
        if audit is not None and is_on:
            self.rows[len(view.rows)].show_running(audit.fault, audit.stage, audit.attempts)
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(view.rows) + is_on)

    def _show_choice(self, found: list[ExperimentView], snapshot: Snapshot) -> None:
        """The newest is on top, and chosen as soon as it begins."""
        known = [(one.endpoint, one.number) for one in reversed(found)]
        self.which.setVisible(len(known) > 1)
        if known == self._known:
            return
        self._known = known
        self.which.blockSignals(True)
        self.which.clear()
        for one in reversed(found):
            self.which.addItem(self._look.moments.clock(snapshot, one.started_ns, digits=0))
        self.which.setCurrentIndex(0)
        self.which.blockSignals(False)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self.title.setVisible(self.width() >= _ROOMY)  # how it goes is worth more than whose client it is

    def _forget_shown(self) -> None:
        self.shown = None

    def _add_row(self) -> None:
        row = ScorecardRow(self._look, self)
        self._column.insertWidget(self._column.count() - 1, row)
        self.rows.append(row)

    def _press_stop(self) -> None:
        if self.shown is not None:
            self.stop_pressed.emit(self.shown.endpoint)

    def _press_edit(self) -> None:
        if self.shown is not None:
            self.edit_pressed.emit(self.shown)

    def _press_text(self) -> None:
        if self.shown is not None:
            self.copy_pressed.emit(text.as_text(self.shown))

    def _press_markdown(self) -> None:
        if self.shown is not None:
            self.copy_pressed.emit(text.as_markdown(self.shown))

    def _say(self, label: QLabel, said: str) -> None:
        if label.text() != said:
            label.setText(said)

    def _lay_out(self) -> None:
        top = in_row(self.title, self.which, (self.status, 1), self.stop, self.copy_text, self.copy_markdown)
        below = in_row((self.messages, 1), self.edit)
        body = described(QWidget(self), look="panel")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._column = in_column(..., within=body, margins=(0, 0, 8, 0), spacing=0)
        area = described(QScrollArea(self), says="Scorecard")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        self._whole = QWidget(self)
        in_column(top, self.bar, below, (area, 1), within=self._whole, margins=0, spacing=3)
        column = in_column(within=self, margins=(10, 4, 4, 4))
        column.addWidget(self.nothing, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self._whole, 1)

    def _button(self, name: str, hint: str) -> QPushButton:
        return described(QPushButton(name, self), look="flat", says=f"Scorecard: {name}", hint=hint)


def _never(_endpoint: str) -> bool:
    return False
