"""Connects the questions with the probe: asks whose the server is, starts, stops, copies."""

import ipaddress
from urllib.parse import urlsplit

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from wsmonitor.gui.experiments.asking_options import AskingOptions, options_words
from wsmonitor.gui.experiments.examine_menu import ExamineMenu
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.pages import Pages
from wsmonitor.gui.window.tabs import Tab
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.plain_text import visible


class ExperimentActions(QObject):
    """What `Examine` and the cards do; `ask` is there for whatever else offers an experiment."""

    def __init__(
        self,
        menu: ExamineMenu,
        monitor: MonitorView,
        controller: Controller,
        pages: Pages,
        parent: QWidget,
        *,
        anchor: QWidget,
    ) -> None:
        super().__init__(parent)
        self._anchor = anchor
        self._pages = pages
        self._menu, self._monitor, self._controller, self._window = menu, monitor, controller, parent
        self._agreed: set[str] = set()
        self.question: QMessageBox | None = None
        """What asks whose a server is, while it does."""
        self.options = AskingOptions(parent)
        """How questions are asked from now on."""
        self.options.changed.connect(self._show_options)
        menu.options.triggered.connect(self._ask_options)
        menu.aboutToShow.connect(self._show_running)
        menu.chosen.connect(self._chosen)
        menu.stop.triggered.connect(self._stop_current)
        tab = monitor.tabs.experiments
        tab.is_live = self.can_ask
        tab.stop_pressed.connect(controller.stop_experiment)
        tab.copy_pressed.connect(self._copy)

    def ask(self, endpoint: str, experiment: str) -> None:
        """Put the question to the endpoint's server; a server that may be somebody else's only once that was asked."""
        config = self._controller.config(endpoint)
        if config is None or not self.can_ask(endpoint):
            self._monitor.notice.say("Only an endpoint that is monitored now can be asked, none of a recording")
        elif is_plainly_ours(config) or config.host_port in self._agreed:
            self._start(config, experiment)
        else:
            self._ask_whose(config, experiment)

    def _ask_options(self) -> None:
        self.options.ask(self._anchor)

    def _show_options(self) -> None:
        self._menu.options.setText(options_words(self.options.options))

    def _start(self, config: EndpointConfig, experiment: str) -> None:
        self._controller.start_experiment(config.name, experiment, self.options.options)
        self._monitor.tabs.bar.setCurrentIndex(Tab.EXPERIMENTS)

    def _ask_whose(self, config: EndpointConfig, experiment: str) -> None:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Whose server is this?")
        box.setText(
            f"“{experiment}” opens connections of its own to {visible(config.host_port, 80)}, at most a few a second, "
            "and may end them in unusual ways. Is it yours to test?"
        )
        yes = box.addButton("It is mine: examine", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)

        def answered() -> None:
            self.question = None
            if box.clickedButton() is yes:
                self._agreed.add(config.host_port)
                self._start(config, experiment)
            box.deleteLater()

        box.finished.connect(answered)
        self.question = box
        box.open()

    def _chosen(self, experiment: str) -> None:
        key = self._monitor.table.current_key()
        if key is not None:
            self.ask(key[0], experiment)

    def _show_running(self) -> None:
        self._menu.show_running(self._running())

    def _running(self) -> str:
        key, snapshot = self._monitor.table.current_key(), self._monitor.snapshot
        if key is None or snapshot is None:
            return ""
        return next((one.name for one in snapshot.experiments if one.endpoint == key[0] and one.is_running), "")

    def _stop_current(self) -> None:
        key = self._monitor.table.current_key()
        if key is not None:
            self._controller.stop_experiment(key[0])

    def can_ask(self, endpoint: str) -> bool:
        """Endpoints of a recording cannot be asked, whatever else is called like them."""
        return self._controller.config(endpoint) is not None and not self._pages.shows_recording

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._monitor.notice.say("It is on the clipboard")


def is_plainly_ours(config: EndpointConfig) -> bool:
    """True for this machine and for addresses of private networks; a name may be anybody's."""
    try:
        host = config.connect.address or urlsplit(config.url).hostname or ""
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_private or address.is_loopback or address.is_link_local
