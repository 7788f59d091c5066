"""Connects the test of a client with the probe: asks how, starts, stops, takes its first messages, copies."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QRadioButton, QWidget

from wsmonitor.analysis.experiments import ExperimentView
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.reconnect.answer import NAME
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.popover import Popover
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.tabs import Tab

_LINES = 4
_WHAT = (
    "Your client's connection is broken in one way after the other, through this tap. Each fault ends by itself, and "
    "is followed by time to recover. A client that is connected now is cut once before, to see how it begins. Stop "
    "ends the test at any time; your client is left connected."
)
_FIRST = "What it sends first on each connection (its subscription), a message a line. Empty: that is learned."


class AskAudit(Popover):
    """`accepted` says whether only the quick faults are played, and the messages, `None` for those to be learned."""

    accepted = Signal(bool, object)
    said = Signal(object)
    """The messages alone, of a test that runs."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Test this client")
        self._is_running = False
        self.what = plain_label(self, _WHAT, wraps=True)
        self.quick = QRadioButton("Six faults that tell most: about 3 minutes", self)
        self.all = QRadioButton("All faults: about 10 minutes, 90 s more for each from which it does not recover", self)
        self.quick.setChecked(True)
        self.first = plain_label(self, _FIRST, wraps=True)
        self.messages = described(QPlainTextEdit(self), says="First messages of the client")
        self.messages.setTabChangesFocus(True)
        self.messages.setPlaceholderText('{"type": "subscribe", "topic": "prices"}')
        self.messages.setFixedHeight(self.messages.fontMetrics().lineSpacing() * _LINES + 14)
        self.messages.setMinimumWidth(440)
        self.button = described(QPushButton(self), look="primary")
        in_column(self.what, self.quick, self.all, self.first, self.messages, self.button, within=self, margins=12)
        self.button.clicked.connect(self.submit)

    def ask(self, anchor: QWidget) -> None:
        """Open below `anchor`, for a test that is to begin."""
        self._open(anchor, is_running=False, messages=())

    def ask_messages(self, anchor: QWidget, messages: tuple[str, ...]) -> None:
        """Open over `anchor`, for the first messages of a test that runs; `messages` were learned."""
        self._open(anchor, is_running=True, messages=messages)

    def submit(self) -> None:
        """Say what was chosen."""
        lines = tuple(line for line in self.messages.toPlainText().splitlines() if line.strip())
        self.hide()
        if self._is_running:
            self.said.emit(lines)
        else:
            self.accepted.emit(self.quick.isChecked(), lines or None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Return submits, but for a new line among the messages."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        else:
            super().keyPressEvent(event)

    def _open(self, anchor: QWidget, *, is_running: bool, messages: tuple[str, ...]) -> None:
        self._is_running = is_running
        for widget in (self.what, self.quick, self.all):
            widget.setVisible(not is_running)
        self.messages.setPlainText("\n".join(messages))
        self.button.setText("Use these from now on" if is_running else "Test this client")
        if is_running:
            self.open_above(anchor)
        else:
            self.open_below(anchor)
        (self.messages if is_running else self.button).setFocus(Qt.FocusReason.PopupFocusReason)


class AuditActions(QObject):
    """What the button of a tap and the scorecard do; `can_ask` says whether an endpoint is live."""

    def __init__(
        self, monitor: MonitorView, controller: Controller, can_ask: Callable[[str], bool], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._monitor, self._controller, self._can_ask = monitor, controller, can_ask
        self._tap = ""
        self.question = AskAudit(parent)
        tab = monitor.tabs.scorecard
        tab.is_live = can_ask
        monitor.tap.test_pressed.connect(self._press_test)
        self.question.accepted.connect(self._start)
        self.question.said.connect(self._say_messages)
        tab.stop_pressed.connect(controller.stop_experiment)
        tab.edit_pressed.connect(self._edit)
        tab.copy_pressed.connect(self._copy)

    def _press_test(self) -> None:
        """Of the tap whose bar it is; one whose client is being tested shows how that goes."""
        view, snapshot = self._monitor.current_view(), self._monitor.snapshot
        if view is None or snapshot is None or not self._can_ask(view.name):
            self._monitor.notice.say("Only the client of a tap that listens now can be tested, none of a recording")
        elif any(one.endpoint == view.name and one.is_running and one.name == NAME for one in snapshot.experiments):
            self._show()
        else:
            self._tap = view.name
            self.question.ask(self._monitor.tap.test)

    def _start(self, is_quick: bool, messages: tuple[str, ...] | None) -> None:
        options = ExperimentOptions(quick=is_quick, subscription=messages)
        self._controller.start_experiment(self._tap, NAME, options)
        if self._is_connected():
            self._controller.disrupt([self._tap], "reset", "client")  # how it begins is seen when it comes again
        self._show()

    def _is_connected(self) -> bool:
        views = () if self._monitor.snapshot is None else self._monitor.snapshot.endpoints
        return any(view.name == self._tap and view.client is not None and view.state.is_open for view in views)

    def _show(self) -> None:
        self._monitor.tabs.bar.setCurrentIndex(Tab.SCORECARD)

    def _edit(self, view: ExperimentView) -> None:
        self._tap = view.endpoint
        learned = None if view.audit is None else view.audit.subscription
        self.question.ask_messages(self._monitor.tabs.scorecard.edit, learned or ())

    def _say_messages(self, messages: tuple[str, ...]) -> None:
        self._controller.set_subscription(self._tap, messages)

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._monitor.notice.say("The scorecard is on the clipboard")
