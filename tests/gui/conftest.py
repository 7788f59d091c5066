"""A window on a scripted analyzer and a probe that only remembers its commands."""

from collections.abc import Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from tests.gui.story import ENDPOINTS, analyzer_of
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.errors import UnknownEndpointError
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.window.window import Window
from wsmonitor.probe import channel

if TYPE_CHECKING:
    from wsmonitor.gui.time.plotting.stack import PlotStack


class FakeProbe:
    """Keeps commands; fails those for the endpoint called `unknown`."""

    def __init__(self) -> None:
        self.commands: list[channel.Command] = []

    def command(self, command: channel.Command) -> "Future[channel.Done]":
        self.commands.append(command)
        answer: Future[channel.Done] = Future()
        if getattr(command, "endpoint", "") == "unknown":
            answer.set_exception(UnknownEndpointError("unknown"))
        else:
            answer.set_result(channel.Done(command_id=command.command_id))
        return answer


@pytest.fixture
def look(qapp: QApplication) -> Look:
    """The dark theme, applied."""
    look = Look("dark", qapp)
    look.apply()
    return look


@pytest.fixture
def probe() -> FakeProbe:
    """What the window's commands end up in."""
    return FakeProbe()


@pytest.fixture
def analyzer() -> Analyzer:
    """Two minutes of four endpoints; the first one drops every 30 s."""
    return analyzer_of(120, life_s=30)


@pytest.fixture
def window(look: Look, probe: FakeProbe, analyzer: Analyzer, qapp: QApplication) -> Iterator[WholeWindow]:
    """A painted window, without endpoints yet."""
    controller = Controller(probe, analyzer, qapp)
    window = Window(look)
    whole = WholeWindow(window, controller)
    window.ask_before_close(whole.workspace_actions.may_close)
    window.resize(1400, 860)
    window.show()
    QApplication.processEvents()
    whole.monitor.plots.load()
    yield whole
    window.close()
    controller.deleteLater()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def monitoring(window: WholeWindow, analyzer: Analyzer, probe: FakeProbe) -> WholeWindow:
    """The window with the story's endpoints, two minutes in."""
    window.controller.add(ENDPOINTS)
    probe.commands.clear()
    show(window, analyzer, 120)
    return window


def stack_of(window: WholeWindow) -> "PlotStack":
    """Its plots, which are there."""
    stack = window.monitor.plots.stack
    assert stack is not None
    return stack


def show(window: WholeWindow, analyzer: Analyzer, at_s: float) -> None:
    """Show what the analyzer knows, as of `at_s` seconds after the start."""
    from tests.gui.story import at_ns

    window.show_snapshot(analyzer.snapshot(at_ns(at_s)))
    QApplication.processEvents()
