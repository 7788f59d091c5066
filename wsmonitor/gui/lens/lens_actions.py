"""Opens the lens on an end that was chosen, steps it through the ends of the endpoint, copies it."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from wsmonitor.analysis.connection_story import story_of
from wsmonitor.analysis.snapshot import Ended
from wsmonitor.gui.lens.lens import Lens
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.monitor_view import MonitorView


class LensActions(QObject):
    """Connects the lens with the table of closures, whose row it follows."""

    def __init__(self, actions: Actions, lens: Lens, monitor: MonitorView, parent: QObject) -> None:
        super().__init__(parent)
        self._lens, self._monitor = lens, monitor
        self._closures = monitor.tabs.closures
        self._closures.opened.connect(self.open)
        monitor.plots.end_opened.connect(self._open_end)
        monitor.tabs.ends.opened.connect(self._open_end)
        actions["lens"].triggered.connect(self._open_chosen)
        lens.stepped.connect(self._step)
        lens.copy_pressed.connect(self._copy)
        lens.closed.connect(self._closures.table.setFocus)

    def open(self, ended: list[Ended]) -> None:
        """Show the first, or the first two of them, the older one on the left."""
        snapshot = self._monitor.snapshot
        if snapshot is not None and ended:
            chosen = sorted(ended[:2], key=lambda one: one.at_ns)
            self._lens.show_stories(*(story_of(one, snapshot) for one in chosen))
            self._lens.setFocus()

    def _open_end(self, ended: Ended | None) -> None:
        if ended is None:
            self._monitor.notice.say("Nothing ended there: the lens looks into connections that did")
            return
        self._monitor.tabs.choose_end(ended)
        self.open([ended])

    def _open_chosen(self) -> None:
        """The chosen rows, else the newest end of the endpoint."""
        self.open(self._closures.chosen_ends() or self._closures.newest_end())

    def _step(self, step: int) -> None:
        """To the end below or above in the table: time runs down."""
        if ended := self._closures.step(step):
            self.open([ended])

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._monitor.notice.say("The story of the connection is on the clipboard")
