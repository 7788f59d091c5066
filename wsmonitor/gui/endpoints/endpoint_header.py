"""The header of the list of endpoints: columns that can be widened, moved and hidden, and what there is room for."""

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from wsmonitor.gui.endpoints.columns import (
    COMPACT_STATE,
    LEAST_WIDTH,
    NARROW,
    NARROW_STATE,
    NUMBERS,
    SAMPLES,
    TAP_LAST_CLOSE,
    TITLES,
    Column,
    Columns,
    fitted,
)
from wsmonitor.gui.endpoints.endpoint_delegate import PAD
from wsmonitor.gui.look.theme import Look

_ORDER = tuple(column.name for column in Column)


class EndpointHeader(QHeaderView):
    """Gives each column its width in the list, `fit` says for how much room."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._look = look
        self._users_widths: dict[str, int] = {}
        self._unwanted: set[str] = set()
        self._width = 0
        self._is_compact = self._is_fitting = self.has_taps = False
        self.setSectionsMovable(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)  # as a tree's own header
        self.setStretchLastSection(False)
        self.setMinimumSectionSize(LEAST_WIDTH)
        self.setSectionsClickable(True)
        self.setSortIndicatorClearable(True)
        self.setSortIndicator(-1, self.sortIndicatorOrder())
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.use_font()
        self.sectionResized.connect(self._resized)
        self.customContextMenuRequested.connect(self._ask_columns)

    @property
    def columns(self) -> Columns:
        """What the user made of the columns."""
        order = tuple(Column(self.logicalIndex(place)).name for place in range(len(Column)))
        return Columns(order if order != _ORDER else (), dict(self._users_widths), tuple(sorted(self._unwanted)))

    def use_columns(self, columns: Columns) -> None:
        """Take over what was kept of them; names that are no columns say nothing."""
        known = Column.__members__
        self._users_widths = {name: max(LEAST_WIDTH, width) for name, width in columns.widths.items() if name in known}
        self._unwanted = {name for name in columns.hidden if name in known and known[name] is not Column.ENDPOINT}
        if sorted(columns.order) == sorted(_ORDER):
            for place, name in enumerate(columns.order):
                self.moveSection(self.visualIndex(known[name]), place)
        self._fit()

    def show_column(self, column: Column, shown: bool) -> None:
        """Show a column, where there is no room for it before those whose width is not the user's; or never."""
        (self._unwanted.discard if shown else self._unwanted.add)(column.name)
        self._fit()
        if self._has_no_room(column):
            self._users_widths.setdefault(column.name, self._sizes()[column])
            self._fit()

    def use_font(self) -> None:
        """Take over the font of small texts."""
        self.setFont(self._look.small)
        self._fit()

    def fit(self, width: int, *, is_compact: bool, has_taps: bool) -> None:
        """Share out so many pixels; see `fitted`."""
        self._width, self._is_compact, self.has_taps = width, is_compact, has_taps
        self._fit()

    def _fit(self) -> None:
        if self.count() != len(Column):
            return  # the list has no rows to show yet
        self._is_fitting = True
        shown = fitted(self._width, self._sizes(), self._users_widths, self._unwanted, is_compact=self._is_compact)
        for column in Column:
            self.setSectionHidden(column, column not in shown)
            if column in shown:
                self.resizeSection(column, shown[column])
        self._is_fitting = False

    def _sizes(self) -> dict[Column, int]:
        """What each column needs."""
        words, numbers = QFontMetrics(self._look.small), QFontMetrics(self._look.mono_small)
        samples = dict(SAMPLES)
        if self._is_compact:
            samples[Column.STATE] = COMPACT_STATE
        if self._width < NARROW and not self._is_compact:
            samples[Column.STATE] = NARROW_STATE
        if self.has_taps:
            samples[Column.LAST_CLOSE] = TAP_LAST_CLOSE
        return {
            column: (numbers if column in NUMBERS else words).horizontalAdvance(text) + 2 * PAD
            for column, text in samples.items()
        }

    def _resized(self, section: int, old: int, new: int) -> None:
        """Only a hand on the header makes a width the user's."""
        if not self._is_fitting and old and new and QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._users_widths[Column(section).name] = new
            self._fit()

    def _ask_columns(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column in list(Column)[1:]:
            has_no_room = self._has_no_room(column)
            action = menu.addAction(f"{TITLES[column]} (no room)" if has_no_room else TITLES[column])
            action.setCheckable(True)
            action.setChecked(column.name not in self._unwanted and not has_no_room)
            action.toggled.connect(partial(self.show_column, column))
        menu.addSeparator()
        menu.addAction("As at first").triggered.connect(self._forget_columns)
        menu.popup(self.mapToGlobal(at))

    def _has_no_room(self, column: Column) -> bool:
        """Whether it is hidden only because the list is too narrow."""
        may_be = column.name not in self._unwanted and (column is not Column.LANE or self._is_compact)
        return may_be and self.isSectionHidden(column)

    def _forget_columns(self) -> None:
        self.use_columns(Columns(order=_ORDER))
