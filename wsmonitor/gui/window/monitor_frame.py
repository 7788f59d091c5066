"""The borders between the panels: endpoints and findings on the left, plots and tables on the right."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QSplitter, QWidget


class MonitorFrame(QSplitter):
    """Three splitters; `fill` puts panels into them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.left = _column(self)
        self.right = _column(self)
        self.left_is_users = False
        """The user moved a border on the left: it stays where it is."""
        self.setHandleWidth(1)
        self.left.splitterMoved.connect(self._take_left)

    def fill(self, left: tuple[QWidget, QWidget, QWidget], right: tuple[QWidget, QWidget]) -> None:
        """Put endpoints, lanes and findings to the left, plots and tables to the right."""
        _stack(self.left, left, (36, 22, 42))
        _stack(self.right, right, (70, 30))
        for index, stretch in enumerate((31, 69)):
            self.setStretchFactor(index, stretch)
            self.setCollapsible(index, False)
        self.setSizes([490, 910])
        self.left.setMinimumWidth(340)
        plots, tables = right
        plots.setMinimumHeight(220)
        tables.setMinimumHeight(110)

    def save_splitters(self) -> tuple[bytes, ...]:
        """Where the user put the borders; nothing for those on the left as long as they fit by themselves."""
        whole, left, right = (bytes(splitter.saveState().data()) for splitter in (self, self.left, self.right))
        return whole, left if self.left_is_users else b"", right

    def restore_splitters(self, states: tuple[bytes, ...]) -> None:
        """Put the borders back; a state that Qt cannot read changes nothing."""
        for splitter, state in zip((self, self.left, self.right), states, strict=False):
            if splitter.restoreState(QByteArray(state)) and splitter is self.left:
                self.left_is_users = True

    def _take_left(self) -> None:
        self.left_is_users = True


def _column(parent: QWidget) -> QSplitter:
    splitter = QSplitter(Qt.Orientation.Vertical, parent)
    splitter.setHandleWidth(1)
    return splitter


def _stack(splitter: QSplitter, widgets: Sequence[QWidget], shares: Sequence[int]) -> None:
    for index, (widget, share) in enumerate(zip(widgets, shares, strict=True)):
        splitter.addWidget(widget)
        splitter.setStretchFactor(index, share)
        splitter.setCollapsible(index, False)
    splitter.setSizes([share * 10 for share in shares])
