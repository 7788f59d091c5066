"""Labels, all with plain text, for what they say may come from a peer; and what any widget is called."""

from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from wsmonitor.gui.look.words import plain


def plain_label(parent: QWidget, text: str = "", *, name: str = "", wraps: bool = False) -> QLabel:
    """A label whose look has this `name` in the style sheet."""
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setObjectName(name)
    label.setWordWrap(wraps)
    return label


W = TypeVar("W", bound=QWidget)


def described(widget: W, *, look: str = "", says: str = "", hint: str = "") -> W:
    """`widget` with the name of its `look` in the style sheet, what a screen reader says of it, and its tooltip."""
    if look:
        widget.setObjectName(look)
    if says:
        widget.setAccessibleName(says)
    if hint:
        widget.setToolTip(hint)
    return widget


class ElidedLabel(QLabel):
    """A muted line that takes the width that it gets: it cuts the end of its `words`, and its tooltip has all."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("muted")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.words = ""

    def say(self, words: str) -> None:
        """Show `words`, as far as there is room."""
        self.words = words
        self.setAccessibleName(words)
        self.setToolTip(plain(words) if words else "")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideRight, self.width()))


class LinkLabel(QLabel):
    """Wraps, and says when it is `pressed`: with the mouse, or with Enter once it has the focus."""

    pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("link")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)
