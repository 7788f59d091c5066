"""One line over the top of the plots for what went wrong, was done, or can be undone; nothing moves for it."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QPushButton, QWidget

from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.layouts import in_row

_SHOWN_MS = 12_000


Offer = tuple[str, Callable[[], object]]
"""What a button says, and what it does."""


class Notice(QWidget):
    """Hidden until `say`; what it offers to do is done once."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._text = plain_label(self, wraps=True)
        self._buttons = (QPushButton(self), QPushButton(self))
        self._offers: Sequence[Offer] = ()
        self._dismiss = QPushButton("Dismiss", self)
        self._dismiss.setObjectName("flat")
        self._is_state = False
        self._drawer: QWidget | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        row = in_row((self._text, 1), within=self, margins=(10, 4, 6, 4))
        for number, button in enumerate(self._buttons):
            row.addWidget(button)
            button.clicked.connect(partial(self._act, number))
        row.addWidget(self._dismiss)
        self._timer.timeout.connect(self.hide)
        self._dismiss.clicked.connect(self.hide)
        self.hide()

    def float_over(self, place: QWidget) -> None:
        """Stand at the upper edge of `place` whenever shown, over what is there."""
        self.setParent(place)
        place.installEventFilter(self)
        self.hide()

    def keep_clear_of(self, drawer: QWidget) -> None:
        """Leave the place that `drawer` takes on the left while it is open: there nobody would see what is said."""
        self._drawer = drawer
        drawer.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Keep to the width of where it stands."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            self._fit()
        return super().eventFilter(watched, event)

    @property
    def text(self) -> str:
        """What is said now; empty while hidden."""
        return "" if self.isHidden() else self._text.text()

    @property
    def offered(self) -> list[str]:
        """What its buttons say now."""
        return [] if self.isHidden() else [title for title, _ in self._offers]

    def say(self, text: str, *offers: Offer, stays: bool = False, is_problem: bool = False) -> None:
        """Show `text`, with a button for each of at most two offers; goes away by itself unless it `stays`."""
        self._text.setText(text)
        self._is_state = self._is_state and stays
        self._offers = offers[: len(self._buttons)]
        for number, button in enumerate(self._buttons):
            button.setVisible(number < len(self._offers))
            button.setText(self._offers[number][0] if number < len(self._offers) else "")
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
            begins = self._begins(place)
            width = place.width() - begins - 12
            layout = self.layout()
            height = layout.totalHeightForWidth(width) if layout is not None else self.sizeHint().height()
            self.setGeometry(begins + 6, 4, width, max(height, self.minimumSizeHint().height()))
            self.raise_()

    def _begins(self, place: QWidget) -> int:
        """How much of `place` is covered at its left."""
        if self._drawer is None or not self._drawer.isVisible():
            return 0
        covered = place.mapFromGlobal(self._drawer.mapToGlobal(QPoint(self._drawer.width(), 0))).x()
        return max(0, min(covered, place.width() - self.minimumSizeHint().width()))

    def press(self, number: int) -> None:
        """Press one of its buttons."""
        self._buttons[number].click()

    def _act(self, number: int, checked: bool = False) -> None:
        self.hide()
        self._offers[number][1]()
