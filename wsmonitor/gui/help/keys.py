"""F1: every action with its keys."""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QWidget

from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.window.action_table import ACTIONS

_MOUSE = (
    ("Wheel", "Zoom at the pointer; over the values of a plot, zoom these"),
    ("Shift+Wheel", "Scroll in time"),
    ("Drag", "Choose a focus period: every number is recomputed for it"),
    ("Shift+Drag", "Move in time, as dragging with the middle button does"),
    ("Double click", "On values: back to their default range"),
)


class KeysDialog(QDialog):
    """A table of keys, in two columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        grid = QGridLayout(self)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        rows = [(_keys(info.keys), info.hint) for info in ACTIONS if info.keys] + list(_MOUSE)
        half = (len(rows) + 1) // 2
        for number, (keys, hint) in enumerate(rows):
            row, side = number % half, number // half * 2
            for offset, text in enumerate((keys, hint)):
                label = plain_label(self, text, name="muted" if offset else "key")
                grid.addWidget(label, row, side + offset)


def _keys(keys: tuple[str, ...]) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(key).toString(native) for key in keys)
