"""The verdict on the selected endpoint: one line above the plots, always at the same place and of the same height."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from wsmonitor.analysis.headline import Headline, Level, headline
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.facts.events import Key
from wsmonitor.gui.findings.verdict_line import LETTERS, ExperimentCommand, experiment_command, fitted
from wsmonitor.gui.look import words
from wsmonitor.gui.look.colors import CLOSED, CLOSING, FAILED, MENDED, OPEN
from wsmonitor.gui.look.labels import described
from wsmonitor.gui.look.layouts import in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.text.plain_text import visible

HEIGHT = 28
_CHIP = 18
_LEFT = 10
_COLORS: dict[Level, str] = {
    "failing": FAILED,
    "learning": CLOSING,
    "mended": MENDED,
    "fine": OPEN,
    "idle": CLOSED,
}
_WORDS: dict[Level, str] = {
    "failing": "Failing",
    "learning": "Learning",
    "mended": "Mended",
    "fine": "Fine",
    "idle": "Idle",
}


class VerdictBar(QWidget):
    """Shows a `Headline` and says which of its two buttons was pressed."""

    copy_pressed = Signal(object)
    """The `Headline`."""
    test_pressed = Signal(object)
    """The `ExperimentCommand`."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("verdict")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._look = look
        self.said: Headline | None = None
        """What is shown now."""
        self.command: ExperimentCommand | None = None
        self._known: tuple[object, ...] = ()
        self.test = self._button("Test it", "Verdict: run the experiment that would tell more")
        self.copy = self._button("Copy", "Verdict: copy")
        self.copy.setToolTip("Put the verdict on the clipboard, with its evidence, as Markdown")
        in_row(..., self.test, self.copy, within=self, margins=(0, 0, 6, 0), spacing=2)
        self.test.clicked.connect(self._press_test)
        self.copy.clicked.connect(self._press_copy)
        look.changed.connect(self.update)
        self._show(None, "", "")

    @property
    def text(self) -> str:
        """The line as far as there is room for it."""
        if self.said is None:
            return ""
        metrics, room = QFontMetrics(self._look.font), self._room().width()
        return fitted(self.said, lambda text: metrics.horizontalAdvance(text) <= room)

    def show_snapshot(self, snapshot: Snapshot, key: Key | None) -> None:
        """Say how the endpoint of `key` does, all its connections together: at most once a second anew."""
        views = [view for view in snapshot.endpoints if key is not None and view.name == key[0]]
        if not views:
            self._known = ()
            self._show(None, "", "")
            return
        states = tuple((view.state, view.opened_ns, view.closures, view.failures) for view in views)
        known = (views[0].name, views[0].said, states, snapshot.at_ns // 1_000_000_000, snapshot.start_ns)
        if known == self._known:
            return
        self._known = known
        self._show(headline(snapshot, views[0].name), views[0].name, views[0].url)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        super().paintEvent(event)
        if self.said is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chip = QRectF(_LEFT, (self.height() - _CHIP) / 2, _CHIP, _CHIP)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_COLORS[self.said.level]))
        painter.drawRoundedRect(chip, 5, 5)
        painter.setFont(self._look.bold)
        painter.setPen(QColor("#0c0f12"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, LETTERS[self.said.level])
        painter.setFont(self._look.font)
        painter.setPen(self._look.color("text"))
        painter.drawText(self._room(), Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, self.text)

    def _room(self) -> QRectF:
        left = _LEFT + _CHIP + 8
        return QRectF(left, 0, max(0, self.test.x() - 8 - left), self.height())

    def _show(self, said: Headline | None, name: str, url: str) -> None:
        command = experiment_command(said.finding, url) if said is not None else None
        if command != self.command or said is None:
            self.command = command
            self.test.setEnabled(command is not None)
            self.test.setToolTip(words.plain(_test_hint(command)))
        self.copy.setEnabled(said is not None)
        if said == self.said:
            return
        self.said = said
        whole = "" if said is None else f"{_WORDS[said.level]}: {said.text}"
        self.setToolTip(words.plain(whole) if whole else "")
        self.setAccessibleName(f"Verdict on {visible(name, 60)}" if name else "Verdict")
        self.setAccessibleDescription(whole)
        self.update()

    def _button(self, text: str, name: str) -> QToolButton:
        button = described(QToolButton(self), says=name)
        button.setText(text)
        button.setFixedHeight(HEIGHT - 4)
        return button

    def _press_test(self) -> None:
        if self.command is not None:
            self.test_pressed.emit(self.command)

    def _press_copy(self) -> None:
        if self.said is not None:
            self.copy_pressed.emit(self.said)


def _test_hint(command: ExperimentCommand | None) -> str:
    if command is None:
        return "No experiment is known that would tell more"
    secret = "\nThe URL has a secret, which is left out: put it where *** stands" if command.is_redacted else ""
    return (
        f"Run the experiment “{command.experiment}”, which tells its causes apart, beside the monitoring. "
        f"Of a recording, its command goes to the clipboard:\n{command.text}{secret}"
    )
