"""Writing notes on the time line: a key or the plots' menu asks for a text, the session keeps it."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from wsmonitor.facts.events import MOST_NOTE
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_row
from wsmonitor.gui.look.popover import Popover
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.monitor_view import MonitorView


class NoteField(Popover):
    """Asks for a text; `written` carries it with the moment, in monotonic nanoseconds."""

    written = Signal(str, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Note on the time line")
        self._moment_ns = 0
        self.label = plain_label(self)
        self.text = described(QLineEdit(self), says="Note")
        self.text.setPlaceholderText("what happened, such as: deployed 1.4")
        self.text.setMaxLength(MOST_NOTE)
        self.text.setMinimumWidth(320)
        in_row(self.label, (self.text, 1), within=self, margins=12)
        self.text.returnPressed.connect(self._write)

    def ask(self, moment_ns: int, clock: str, anchor: QWidget) -> None:
        """Open over `anchor` for a note about a moment, which reads as `clock`."""
        self._moment_ns = moment_ns
        self.label.setText(f"Note at {clock}")
        self.text.clear()
        self.open_over(anchor)
        self.text.setFocus(Qt.FocusReason.PopupFocusReason)

    def _write(self) -> None:
        self.hide()
        if text := self.text.text().strip():
            self.written.emit(text, self._moment_ns)


class NoteActions(QObject):
    """Notes are about what is measured now: while a recording is shown it says that none can be written."""

    def __init__(self, actions: Actions, monitor: MonitorView, controller: Controller, parent: QObject) -> None:
        super().__init__(parent)
        self._monitor, self._controller = monitor, controller
        self.field = NoteField(monitor)
        self.field.written.connect(controller.note)
        actions["note"].triggered.connect(self._ask_at_pointer)
        monitor.plots.note_wanted.connect(self._ask)

    def _ask_at_pointer(self, checked: bool = False) -> None:
        stack, snapshot = self._monitor.plots.stack, self._monitor.snapshot
        if stack is None or snapshot is None or not stack.isVisible():
            return
        now_s = snapshot.seconds(snapshot.at_ns)
        at_s = stack.pointer_s
        self._ask(now_s if at_s is None else min(at_s, now_s))

    def _ask(self, at_s: float) -> None:
        """Ask for a note about `at_s`, in seconds since the session's start."""
        plots, snapshot = self._monitor.plots, self._monitor.snapshot
        if snapshot is None:
            return
        if self._monitor.replay.isVisible():
            self._monitor.notice.say("Notes are written while something is measured: close the recording first")
            return
        moment_ns = snapshot.start_ns + round(max(0.0, at_s) * 1e9)
        self.field.ask(moment_ns, plots.moments.clock(snapshot, moment_ns, digits=1), plots)
