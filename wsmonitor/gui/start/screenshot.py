"""Writes what the window shows to a PNG and says in one line what was seen."""

import sys
from pathlib import Path

from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QDialog, QWidget

from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.command_line.running import FINE, RUNTIME_FAILURE, complain


def take_screenshot(window: QWidget, path: Path, snapshot: Snapshot) -> int:
    """Write the picture and print path and summary; the exit code."""
    path = path.with_suffix(".png") if path.suffix == "" else path
    path.parent.mkdir(parents=True, exist_ok=True)
    if not picture(window).save(str(path)):
        complain(
            "wsmonitor",
            f"the screenshot cannot be written to {str(path)!r}: is it a PNG or JPEG name in a folder of yours?",
        )
        return RUNTIME_FAILURE
    sys.stdout.write(f"{path}\n{summary(snapshot)}\n")
    sys.stdout.flush()
    return FINE


def picture(window: QWidget) -> QPixmap:
    """The window, and the dialogs that stand on it where a desktop would put them: in the middle."""
    pixmap = window.grab()
    painter = QPainter(pixmap)
    for dialog in window.findChildren(QDialog):
        if dialog.isVisible():
            painter.fillRect(window.rect(), QColor(0, 0, 0, 110))
            painter.drawPixmap(window.rect().center() - dialog.rect().center(), dialog.grab())
    painter.end()
    return pixmap


def summary(snapshot: Snapshot) -> str:
    """`4 endpoints, 12 connections, 8 closures seen`."""
    connections = sum(view.connection for view in {view.name: view for view in snapshot.endpoints}.values())
    counts = ((len(snapshot.endpoints), "endpoint"), (connections, "connection"), (len(snapshot.closures), "closure"))
    return ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts) + " seen"
