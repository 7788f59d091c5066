"""A drawer over the left column: all that is known of one end, beside another one where two are chosen."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QWidget,
)

from wsmonitor.analysis.connection_story import ConnectionStory, compared_lines, differing, only_in
from wsmonitor.gui.lens.lens_picture import LensPicture
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look

BOTH_WIDTH = 760
_BOTH = 2
_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape)


class Lens(QWidget):
    """Hidden until `show_stories`; Left and Right step, Escape closes.

    It takes the place of `column`, the left part of `place`: the plots, whose newest end is on the right, the verdict
    and the tables stay where they are. Two ends take more room, of what is oldest in the plots.
    """

    stepped = Signal(int)
    """1 for the next end, -1 for the one before."""
    copy_pressed = Signal(str)
    closed = Signal()

    def __init__(self, look: Look, place: QWidget, *, column: QWidget) -> None:
        super().__init__(place)
        self.setObjectName("lens")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Connection lens")
        self.stories: tuple[ConnectionStory, ...] = ()
        """What is shown: one end, or two."""
        self._place, self._column = place, column
        self._pictures = (LensPicture(look, self), LensPicture(look, self))
        self._titles = (plain_label(self, name="strong", wraps=True), plain_label(self, name="strong", wraps=True))
        self._explained = (plain_label(self, wraps=True), plain_label(self, name="", wraps=True))
        self._upper, self._facts, self._lower = QGridLayout(), QGridLayout(), QGridLayout()
        self._cells: list[QLabel] = []
        self.hint = plain_label(self, name="muted", wraps=True)
        self.hint.setText("Two chosen ends (Ctrl+click in Closures, then Enter) stand side by side")
        self.earlier = self._button("◂", "Earlier end (Left)")
        self.later = self._button("▸", "Later end (Right)")
        self.copy = QPushButton("Copy", self)
        self.copy.setToolTip("Put all of this on the clipboard, as text for an issue")
        self.close_button = self._button("✕", "Close (Esc)")
        self._lay_out()
        self.earlier.clicked.connect(self._step_back)
        self.later.clicked.connect(self._step_on)
        self.copy.clicked.connect(self._press_copy)
        self.close_button.clicked.connect(self.put_away)
        column.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """All that is shown, to paste."""
        if len(self.stories) == _BOTH:
            return "\n".join(compared_lines(*self.stories))
        return "\n".join(line for story in self.stories for line in story.lines)

    def show_stories(self, *stories: ConnectionStory) -> None:
        """Show one end, or two side by side with what differs marked."""
        self.stories = stories[:2]
        for number, (title, picture, explained) in enumerate(
            zip(self._titles, self._pictures, self._explained, strict=True)
        ):
            is_shown = number < len(self.stories)
            for widget in (title, picture, explained):
                widget.setVisible(is_shown)
            if is_shown:
                story = self.stories[number]
                title.setText(story.title)
                others = [other for other in self.stories if other is not story]
                picture.show_story(story, only_in(story, others[0]) if others else frozenset())
                explained.setText("\n\n".join(story.explained))
        for grid in (self._upper, self._lower):
            grid.setColumnStretch(0, 1)
            grid.setColumnStretch(1, 1 if len(self.stories) > 1 else 0)
        self.hint.setVisible(len(self.stories) < _BOTH)
        self._show_facts()
        self.setAccessibleDescription(self.text)
        self._fit()
        self.show()
        self.raise_()

    def put_away(self) -> None:
        """Close it."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        if event.key() == Qt.Key.Key_Left:
            self._step_back()
        elif event.key() == Qt.Key.Key_Right:
            self._step_on()
        elif event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Its own keys come before the window's."""
        is_override = event.type() is QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() is QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        place, column = self._place, self._column
        corner = column.mapTo(place, QPoint())
        wanted = max(column.width(), BOTH_WIDTH) if len(self.stories) > 1 else column.width()
        self.setGeometry(corner.x(), corner.y(), min(wanted, place.width() - corner.x()), column.height())

    def _show_facts(self) -> None:
        for cell in self._cells:
            self._facts.removeWidget(cell)
            cell.deleteLater()
        self._cells = []
        rows: list[tuple[str, tuple[str, ...], bool]]
        if len(self.stories) == _BOTH:
            rows = [(name, (a, b), differs) for name, a, b, differs in differing(*self.stories)]
        else:
            rows = [(fact.name, (fact.text,), False) for story in self.stories for fact in story.facts]
        for row, (name, values, differs) in enumerate(rows):
            for column, text in enumerate((f"≠ {name}" if differs else name, *values)):
                cell = plain_label(self, name="strong" if differs else "muted" if column == 0 else "", wraps=True)
                cell.setText(text)
                self._facts.addWidget(cell, row, column)
                self._cells.append(cell)

    def _lay_out(self) -> None:
        top = in_row(self.earlier, self.later, ..., self.copy, self.close_button)
        body = described(QWidget(self), look="panel")
        column = in_column(within=body, margins=(10, 4, 10, 8), spacing=8)
        top_left = Qt.AlignmentFlag.AlignTop
        for number, (title, picture, explained) in enumerate(
            zip(self._titles, self._pictures, self._explained, strict=True)
        ):
            self._upper.addWidget(title, 0, number, top_left)
            self._upper.addWidget(picture, 1, number, top_left)
            self._lower.addWidget(explained, 0, number, top_left)
        self._upper.setHorizontalSpacing(16)
        self._lower.setHorizontalSpacing(16)
        for part in (self._upper, self._facts, self._lower):
            column.addLayout(part)
        column.addWidget(self.hint)
        column.addStretch(1)
        area = described(QScrollArea(self), look="findings")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        in_column(top, (area, 1), within=self, margins=(8, 6, 1, 0))

    def _button(self, text: str, hint: str) -> QToolButton:
        button = described(QToolButton(self), says=hint, hint=hint)
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def _step_back(self) -> None:
        self.stepped.emit(-1)

    def _step_on(self) -> None:
        self.stepped.emit(1)

    def _press_copy(self) -> None:
        self.copy_pressed.emit(self.text)
