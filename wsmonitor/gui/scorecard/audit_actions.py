"""Connects the test of a client with the probe: asks how, starts, stops, takes its first messages, copies."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from wsmonitor.analysis.experiments import ExperimentView
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.reconnect.answer import NAME
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.scorecard.ask_audit import AskAudit
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.tabs import Tab


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
