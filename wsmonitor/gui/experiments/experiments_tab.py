"""The tab of experiments: a card each, the newest on top."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from wsmonitor.analysis.experiments import ExperimentView
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.experiments.reconnect.answer import NAME as AUDIT
from wsmonitor.gui.experiments.experiment_card import ExperimentCard
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.theme import Look

_NOTHING = (
    "Nothing was asked so far. “Examine” puts a question to the server, on connections of its own: after how much "
    "silence it ends one, whether it notices a dead client, whether it loses early messages …"
)


class ExperimentsTab(QScrollArea):
    """Cards are kept and filled again; what is pressed on one is said here."""

    stop_pressed = Signal(str)
    copy_pressed = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("findings")
        self._look = look
        self.is_live: Callable[[str], bool] = _never
        """Whether an endpoint can be asked now; the window knows."""
        self.cards: list[ExperimentCard] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Experiments")
        body = described(QWidget(self), look="panel")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.nothing = plain_label(body, _NOTHING, name="muted", wraps=True)
        self._column = in_column(self.nothing, ..., within=body, margins=(10, 8, 10, 8))
        self.setWidget(body)

    def show_experiments(self, snapshot: Snapshot, names: frozenset[str] | None) -> None:
        """Show those of these endpoints; `None` means of all."""
        shown = chosen(snapshot, names)
        self.nothing.setVisible(not shown)
        while len(self.cards) < len(shown):
            self._add()
        for card, view in zip(self.cards, reversed(shown), strict=False):
            card.show_experiment(view, snapshot.at_ns, is_live=self.is_live(view.endpoint))
        for number, card in enumerate(self.cards):
            card.setVisible(number < len(shown))

    def _add(self) -> None:
        card = ExperimentCard(self._look, self)
        card.stop_pressed.connect(self.stop_pressed)
        card.copy_pressed.connect(self.copy_pressed)
        self._column.insertWidget(self._column.count() - 1, card)
        self.cards.append(card)


def chosen(snapshot: Snapshot, names: frozenset[str] | None) -> list[ExperimentView]:
    """The experiments on the servers of these endpoints, oldest first; `None` means of all."""
    asked = [view for view in snapshot.experiments if view.name != AUDIT]
    return [view for view in asked if names is None or view.endpoint in names]


def _never(_endpoint: str) -> bool:
    return False
