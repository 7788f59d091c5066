"""The Ends tab: every ended connection of the chosen endpoints as a dot; a limit is a row of dots."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget

from wsmonitor.analysis.snapshot import Closure, Snapshot
from wsmonitor.gui.ends.dot_plot import DotPlot
from wsmonitor.gui.ends.dots import MEASURES, dots
from wsmonitor.gui.look.labels import described
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.text.units import counted

_LEGEND = "● Close  ■ FIN  ▲ RST  ◆ timeout  ✕ other"
_HINT = "Draw a rectangle with the mouse to choose ends: the table and the plots show those. Orange was lost."


class EndsTab(QWidget):
    """`chosen` has the ends inside the lasso (empty: all); `clicked` and `opened` the one whose dot was pressed."""

    chosen = Signal(object)
    clicked = Signal(object)
    opened = Signal(object)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.measure = described(QComboBox(self), says="What the dots show")
        self.measure.addItems([measure.title for measure in MEASURES])
        self.legend = described(QLabel(_LEGEND, self), look="muted", hint=_HINT)
        self.clear = described(QPushButton(self), look="flat", hint="Show all ends again, in the table too")
        self.plot = DotPlot(look, self)
        self._snapshot: Snapshot | None = None
        self._closures: Sequence[Closure] = ()
        self._second = -1
        self._picked: frozenset[int] = frozenset()
        top = in_row(self.measure, self.legend, ..., self.clear, margins=(8, 2, 8, 0), spacing=10)
        in_column(top, (self.plot, 1), within=self, margins=0, spacing=0)
        self.legend.setMinimumWidth(1)
        self.measure.currentIndexChanged.connect(self._show)
        self.plot.chosen.connect(self._choose)
        self.plot.clicked.connect(self.clicked)
        self.plot.opened.connect(self.opened)
        self.clear.clicked.connect(self._choose_all)
        self._say_chosen()

    def show_ends(self, snapshot: Snapshot, closures: Sequence[Closure]) -> None:
        """Take the closures that pass the filter; without another one it is painted once a second."""
        second = snapshot.at_ns // 1_000_000_000
        if closures == self._closures and second == self._second:
            return
        self._snapshot, self._closures, self._second = snapshot, closures, second
        self._show()

    def _show(self) -> None:
        if self._snapshot is not None:
            measure = MEASURES[self.measure.currentIndex()]
            self.plot.show_dots(dots(self._closures, measure), measure, self._snapshot, self._picked)

    def _choose(self, closures: list[Closure]) -> None:
        self._picked = frozenset(one.at_ns for one in closures)
        self._say_chosen()
        self._show()
        self.chosen.emit(closures)

    def _choose_all(self) -> None:
        self._choose([])

    def _say_chosen(self) -> None:
        """The button keeps its place; without a choice it has nothing to do."""
        self.clear.setText(f"{counted(len(self._picked), 'end')} chosen: show all" if self._picked else "All ends")
        self.clear.setEnabled(bool(self._picked))
