"""The main window as it is painted first: toolbar, table of endpoints or empty state, status bar.

Everything else comes with `WholeWindow`, after the first paint. So nothing in here imports what only that needs
(numpy, the analysis, plots, dialogs): a test holds it.
"""

import time
from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from wsmonitor.gui.endpoints.columns import Columns
from wsmonitor.gui.endpoints.endpoint_table import EndpointTable
from wsmonitor.gui.feed.frame_meter import FrameMeter
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.start.remembered import Settings
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.pages import Pages
from wsmonitor.gui.window.status_bar import StatusBar
from wsmonitor.gui.window.toolbar import Toolbar

NEEDS_SESSION = ("record", "export", "save_clip", "open_recording", "play", "compare", "alerts")

_BORDERS, _TITLE_BAR = 8, 40
"""Room for what window managers put around a window: how much is known only once it is shown."""


class Window(QMainWindow):
    """Owns what every part of the window shares: actions, toolbar, pages, status bar."""

    closed = Signal()
    dropped = Signal(object)
    """The `QMimeData` of what was dropped on the window."""
    first_painted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setWindowTitle("wsmonitor")
        self.setMinimumSize(900, 560)
        self.look = look
        self.meter = FrameMeter()
        self.actions_table = Actions(self)
        self.toolbar = Toolbar(self.actions_table, look, self)
        self.table = EndpointTable(look, self)
        self.pages = Pages(self.actions_table, self.table, self)
        self.status = StatusBar(self.meter, self)
        self._after_paint: list[Callable[[], object]] = [self.first_painted.emit]
        self._questions: tuple[Callable[[], bool], ...] = ()
        self._lay_out()
        self.actions_table["theme"].triggered.connect(look.toggle)
        self.actions_table["full_screen"].toggled.connect(self._full_screen)
        self.actions_table["quit"].triggered.connect(self.close)
        for name in NEEDS_SESSION:
            self.actions_table[name].setEnabled(False)

    @property
    def is_watched(self) -> bool:
        """True while there is anything to paint for."""
        return self.isVisible() and not self.isMinimized()

    def ask_before_close(self, *questions: Callable[[], bool]) -> None:
        """Each, in this order, says whether the window may close now, or asks the user and closes it later."""
        self._questions = questions

    def after_paint(self, then: Callable[[], object]) -> None:
        """Do `then` once the window was painted as it is now."""
        self._after_paint.append(then)
        self.update()

    def resize_to(self, width: int, height: int) -> None:
        """Take this size, or as much of it as a real screen has room for."""
        if QGuiApplication.platformName() not in ("offscreen", "minimal"):
            room = self.screen().availableGeometry()
            width, height = min(width, room.width() - _BORDERS), min(height, room.height() - _TITLE_BAR)
        self.resize(width, height)

    def restore(self, settings: Settings) -> None:
        """Take sizes and places of the last session."""
        if settings.geometry:
            self.restoreGeometry(QByteArray(settings.geometry))
        self.pages.restore_splitters(settings.splitters)
        self.table.choose_density(settings.density)
        self.table.titles.use_columns(Columns(settings.column_order, settings.column_widths, settings.columns_hidden))

    def event(self, event: QEvent) -> bool:
        """Measure painting: all widgets of a window are painted within one update request."""
        if event.type() is not QEvent.Type.UpdateRequest:
            return super().event(event)
        started = time.perf_counter()
        done = super().event(event)
        self.meter.painted(time.perf_counter() - started)
        return done

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        super().paintEvent(event)
        due, self._after_paint = self._after_paint, []
        for then in due:
            QTimer.singleShot(0, self, then)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self.actions_table["full_screen"].setChecked(self.isFullScreen())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  # Qt's name
        if event.mimeData().hasText():  # files have it as well: their URLs
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  # Qt's name
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        if not all(ask() for ask in self._questions):
            event.ignore()
            return
        super().closeEvent(event)
        self.closed.emit()

    def _lay_out(self) -> None:
        central = QWidget(self)
        in_column(self.toolbar, (self.pages, 1), self.status, within=central, margins=0, spacing=0)
        self.setCentralWidget(central)

    def _full_screen(self, full: bool) -> None:
        """Change only this: below it a maximised window stays maximised."""
        state, flag = self.windowState(), Qt.WindowState.WindowFullScreen
        self.setWindowState(state | flag if full else state & ~flag)
