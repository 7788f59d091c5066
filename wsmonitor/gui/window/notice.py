"""One line above the plots for what went wrong or can be undone; never a box on top of them."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

_SHOWN_MS = 12_000


class Notice(QWidget):
    """Hidden until `say`; `acted` is sent when its button is pressed."""

    acted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._action = QPushButton(self)
        self._dismiss = QPushButton("Dismiss", self)
        self._dismiss.setObjectName("flat")
        self._is_state = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.addWidget(self._text, 1)
        row.addWidget(self._action)
        row.addWidget(self._dismiss)
        self._timer.timeout.connect(self.hide)
        self._dismiss.clicked.connect(self.hide)
        self._action.clicked.connect(self._act)
        self.hide()

    @property
    def text(self) -> str:
        """What is said now; empty while hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, text: str, *, action: str = "", stays: bool = False) -> None:
        """Show `text`, with a button where there is something to do; goes away by itself unless it `stays`."""
        self._text.setText(text)
        self._is_state = self._is_state and stays
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.setAccessibleName(text)
        self.show()
        if stays:
            self._timer.stop()
        else:
            self._timer.start()

    def say_state(self, text: str) -> None:
        """Show `text` for as long as it is said; empty takes it away again."""
        if text:
            self._is_state = True
            self.say(text, stays=True)
        elif self._is_state:
            self._is_state = False
            self.hide()

    def _act(self) -> None:
        self.hide()
        self.acted.emit()
