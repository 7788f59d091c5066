"""One line over the top of the plots for what went wrong, was done, or can be undone; nothing moves for it."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
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

    def float_over(self, place: QWidget) -> None:
        """Stand at the upper edge of `place` whenever shown, over what is there."""
        self.setParent(place)
        place.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Keep to the width of where it stands."""
        if event.type() is QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    @property
    def text(self) -> str:
        """What is said now; empty while hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, text: str, *, action: str = "", stays: bool = False, is_problem: bool = False) -> None:
        """Show `text`, with a button where there is something to do; goes away by itself unless it `stays`."""
        self._text.setText(text)
        self._is_state = self._is_state and stays
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.setAccessibleName(text)
        if self.property("problem") != is_problem:
            self.setProperty("problem", is_problem)
            self.style().unpolish(self)
            self.style().polish(self)
        self.show()
        self._fit()
        if stays:
            self._timer.stop()
        else:
            self._timer.start()

    def say_state(self, text: str) -> None:
        """Show `text` for as long as it is said; empty takes it away again."""
        if text:
            self._is_state = True
            self.say(text, stays=True, is_problem=True)
        elif self._is_state:
            self._is_state = False
            self.hide()

    def _fit(self) -> None:
        """As wide as where it stands, as high as its words, on top of what is painted there."""
        place = self.parentWidget()
        if place is not None:
            width = place.width() - 12
            layout = self.layout()
            height = layout.totalHeightForWidth(width) if layout is not None else self.sizeHint().height()
            self.setGeometry(6, 4, width, max(height, self.minimumSizeHint().height()))
            self.raise_()

    def _act(self) -> None:
        self.hide()
        self.acted.emit()
