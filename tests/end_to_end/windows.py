"""A window on one endpoint, with the real probe."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.start.options import WindowOptions
from wsmonitor.gui.start.session import Session
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.window.window import Window
from wsmonitor.probe.client import ProbeClient
from wsmonitor.settings.endpoint_settings import EndpointConfig


class OpenWindow:
    """What a test may touch and look at; each adds what it looks for."""

    def __init__(self, session: Session, client: ProbeClient, analyzer: Analyzer) -> None:
        self.whole: WholeWindow = session.whole
        self.client = client
        self._analyzer = analyzer

    @property
    def snapshot(self) -> Snapshot:
        return self._analyzer.snapshot(time.monotonic_ns())

    def press(self, button: str, name: str) -> None:
        """Choose an entry of the menu of a button."""
        menu = self.whole.window.toolbar.button(button).menu()
        menu.aboutToShow.emit()
        action = menu.findChild(QAction, name)
        assert isinstance(action, QAction)
        action.trigger()


W = TypeVar("W", bound=OpenWindow)


@contextmanager
def open_window(kind: type[W], endpoint: EndpointConfig, qtbot: QtBot) -> Iterator[W]:
    """Open it; in the end it is closed, and its probe with it."""
    client = ProbeClient()
    client.start()
    analyzer = Analyzer(time.monotonic_ns(), time.time_ns())
    session = Session(client, analyzer, Window(Look("dark")))
    session.open(WindowOptions(endpoints=(endpoint,)), None)
    qtbot.addWidget(session.window)

    made = kind(session, client, analyzer)
    yield made

    asyncio.run(session.close())
    client.close()
    vars(made).clear()  # pytest holds on to it while the guards look for widgets
