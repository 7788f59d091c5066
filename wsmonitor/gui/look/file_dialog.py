"""The system's file dialog, opened without blocking: the answer comes as a signal."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

Answer = Callable[[str], None]


def ask_save(parent: QWidget, title: str, suggested: Path, kind: str, answer: Answer) -> QFileDialog:
    """Ask where to save; `answer` gets the path. `kind` reads `Recordings (*.wsmon)`."""
    dialog = _dialog(parent, title, kind, answer)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix(suggested.suffix.removeprefix("."))
    if suggested.parent != Path():
        dialog.setDirectory(str(suggested.parent))
    dialog.selectFile(suggested.name)
    dialog.open()
    return dialog


def ask_open(parent: QWidget, title: str, folder: Path, kind: str, answer: Answer) -> QFileDialog:
    """Ask for a file that is there, looking in `folder` first; `answer` gets the path."""
    dialog = _dialog(parent, title, kind, answer)
    if folder.is_dir():
        dialog.setDirectory(str(folder))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.open()
    return dialog


def _dialog(parent: QWidget, title: str, kind: str, answer: Answer) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setNameFilters([kind, "All files (*)"])
    dialog.fileSelected.connect(answer)
    dialog.finished.connect(dialog.deleteLater)
    return dialog
