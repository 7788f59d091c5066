"""Qt, and the window with what it is painted with first. What else it needs is imported after that, by `session.py`."""

from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from wsmonitor import __version__
from wsmonitor.gui.start.options import WindowOptions
from wsmonitor.gui.start.qt_imports import plain_imports
from wsmonitor.gui.start.remembered import Settings, load_settings
from wsmonitor.resources import resource

with plain_imports():
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.window.window import Window

DEFAULT_SIZE = (1400, 860)
_LONGEST_MS = 500
"""A window that nobody can see, on another desktop or minimised, is not painted at all."""


class Painted(Struct, frozen=True):
    """The application, and its window with the settings of the last session; the rest is still to come."""

    application: QApplication
    window: Window
    settings: Settings


def paint_window(options: WindowOptions) -> Painted:
    """Open the window and wait until it is painted. Keys and clicks of that time wait for what they mean."""
    # Not `setStyle`: to hand out the style, PySide6 makes its class with all that it can draw.
    application = QApplication(["wsmonitor", "-style", "Fusion"])
    application.setApplicationName("wsmonitor")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("wsmonitor")
    with suppress(FileNotFoundError):
        application.setWindowIcon(QIcon(str(resource("icons/wsmonitor.png"))))
    settings = Settings() if options.screenshot is not None else load_settings()
    look = Look(settings.theme, for_now=options.theme)
    look.apply()
    window = Window(look)
    window.resize_to(*(options.size or DEFAULT_SIZE))
    # A size that was asked for is for this time.
    window.restore(settings if options.size is None else replace(settings, geometry=b""))
    window.pages.show_endpoints(shown=_shows_endpoints(options, settings))
    _wait_for_paint(window)
    return Painted(application, window, settings)


def _wait_for_paint(window: Window) -> None:
    loop = QEventLoop()
    window.first_painted.connect(loop.quit)
    QTimer.singleShot(_LONGEST_MS, loop.quit)
    window.show()
    loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)


def _shows_endpoints(options: WindowOptions, settings: Settings) -> bool:
    """Whether there will be something to show at once: a wrong guess is mended by the session."""
    if options.is_occupied:
        return bool(options.endpoints) or options.recording is not None
    return settings.reopen and any(Path(path).is_file() for path in settings.recent[:1])
