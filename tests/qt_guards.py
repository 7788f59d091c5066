"""The Qt half of `guards.py`: messages, running timers, top-level widgets."""

import gc
import re
import sys
import weakref

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget

_messages: list[str] = []
_started_timers: "weakref.WeakSet[QTimer]" = weakref.WeakSet()
_HARMLESS_WIDGETS = ("QTipLabel",)  # Qt keeps the one tooltip until it fades


def watch(config: pytest.Config) -> None:
    """From now on collect Qt's warnings and remember every timer that is started."""
    ignored = [re.compile(pattern) for pattern in config.getini("qt_log_ignore")]

    def collect(level: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if level in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) or any(rule.search(message) for rule in ignored):
            return
        _messages.append(f"Qt: {message}")
        print(f"Qt: {message}", file=sys.__stderr__)

    qInstallMessageHandler(collect)
    start = QTimer.start

    def remembered_start(timer: QTimer, *args: int) -> None:
        _started_timers.add(timer)
        start(timer, *args)

    QTimer.start = remembered_start  # type: ignore[method-assign]  # Qt cannot list its timers

    def unwatch() -> None:
        qInstallMessageHandler(None)
        QTimer.start = start  # type: ignore[method-assign]  # see above

    config.add_cleanup(unwatch)


def take_messages() -> list[str]:
    """What Qt said since the last call, outside the call phase that pytest-qt watches itself."""
    taken = list(_messages)
    _messages.clear()
    return taken


def widget_addresses() -> set[int]:
    """The top-level widgets that exist; addresses, because their Python wrappers come and go."""
    return {_address(widget) for widget in _top_level_widgets()}


def leaked_timers() -> list[str]:
    """Timers that still run although the test is over."""
    _deliver_deletions()
    running = [timer for timer in _started_timers if shiboken6.isValid(timer) and timer.isActive()]
    for timer in running:
        timer.stop()  # one leak fails one test
    return [f"a running {timer!r}" for timer in running]


def leaked_widgets(before: set[int]) -> list[str]:
    """Top-level widgets that were not there before the test."""
    _deliver_deletions()
    if not _new_widgets(before):
        return []
    gc.collect()  # a widget in a reference cycle is garbage, not a leak
    _deliver_deletions()
    leaked = _new_widgets(before)
    names = [f"a top-level {widget!r}" for widget in leaked]
    for widget in leaked:
        shiboken6.delete(widget)
    return names


def _new_widgets(before: set[int]) -> list[QWidget]:
    return [widget for widget in _top_level_widgets() if _address(widget) not in before]


def _top_level_widgets() -> list[QWidget]:
    if QApplication.instance() is None:
        return []
    return [
        widget
        for widget in QApplication.topLevelWidgets()
        if widget.parent() is None and widget.metaObject().className() not in _HARMLESS_WIDGETS
    ]


def _address(widget: QWidget) -> int:
    address: int = shiboken6.getCppPointer(widget)[0]
    return address


def _deliver_deletions() -> None:
    """Only a running event loop would deliver them otherwise."""
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
