"""What most probably ails the selected endpoint, most urgent first, what is learnt, and what stood before."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.diagnosis.advice import HeartbeatAdvice
from wsmonitor.diagnosis.findings import Diagnosed, PastFinding
from wsmonitor.facts.events import Key
from wsmonitor.gui.findings.drops import Drops
from wsmonitor.gui.findings.finding_card import FindingCard
from wsmonitor.gui.findings.finding_text import newest_loss, nothing_found
from wsmonitor.gui.findings.life_card import LifeCard
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.theme import Look
from wsmonitor.text.plain_text import visible

_SHOWN_PAST = 2
"""So many findings that are resolved, or were found before, stand in sight; the others in the history."""


class FindingsPanel(QScrollArea):
    """Cards are kept and filled again; while the pointer is over them nothing changes or moves at all."""

    row_pressed = Signal(object)
    plot_pressed = Signal(object)
    report_pressed = Signal(object)
    examine_pressed = Signal(object)
    advice_pressed = Signal(object)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("findings")
        self._look = look
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Findings")
        self.can_apply: Callable[[HeartbeatAdvice], bool] = _never
        """Whether an advice can be followed; the window knows the endpoints."""
        self.cards: list[FindingCard] = []
        self.learning: list[LifeCard] = []
        self.past: list[LifeCard] = []
        """What stood before: the first ones in sight, the others while the history is open."""
        self._shown: tuple[object, ...] = ()
        self._latest: tuple[Snapshot, Key | None] | None = None
        self._is_pointed_at = False
        self._body = described(QWidget(self), look="panel")
        self._body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.heading = plain_label(self._body, name="strong", wraps=True)
        self.quiet = plain_label(self._body, name="muted", wraps=True)
        self.history = described(QPushButton(self._body), look="flat")
        self.history.setCheckable(True)
        self.history.setToolTip("Findings that stood before, and why they stand no more")
        self.history.toggled.connect(self._show_history)
        self.drops = Drops(look, self._body)
        self._lay_out()
        self.setWidget(self._body)
        self.setMinimumHeight(120)

    def show_snapshot(self, snapshot: Snapshot, key: Key | None) -> None:
        """Show what is found of the endpoint of `key`, all its connections together."""
        is_other = self._latest is None or self._latest[1] != key or self._latest[0].start_ns != snapshot.start_ns
        self._latest = (snapshot, key)
        if is_other or not self._is_pointed_at:
            self._show(snapshot, key)

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802  # Qt's name
        """From now on everything stays where it is."""
        super().enterEvent(event)
        self._is_pointed_at = True

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Show what came meanwhile."""
        super().leaveEvent(event)
        self._is_pointed_at = False
        if self._latest is not None:
            self._show(*self._latest)

    def _show(self, snapshot: Snapshot, key: Key | None) -> None:
        views = [view for view in snapshot.endpoints if key is not None and view.name == key[0]]
        self.drops.show_snapshot(snapshot, key)
        self.drops.setVisible(bool(self.drops.groups))
        said = views[0].said if views else Diagnosed()
        counts = tuple((view.connection, view.closures, view.failures) for view in views)
        shown = (key, said, counts, views[0].advice if views else None, snapshot.start_ns)
        if shown != self._shown:
            self._shown = shown
            self.heading.setText(f"Findings · {visible(key[0], 60)}" if key is not None else "Findings")
            self._show_quiet(snapshot, views, said)
            self._show_cards(snapshot, views, said)
            waiting = [finding for finding in said.findings if finding.pending is not None]
            for card, finding in zip(self._life_cards(self.learning, len(waiting)), waiting, strict=True):
                card.show_learning(finding)
        self._show_past(snapshot, said)

    def _show_quiet(self, snapshot: Snapshot, views: Sequence[EndpointView], said: Diagnosed) -> None:
        """How the newest loss came while no finding says why; one line more where there is nothing else to say."""
        is_silent = bool(views) and not said.findings and not _in_sight(said.past)
        is_open = bool(views) and not _in_sight(said.past) and all(one.pending is not None for one in said.findings)
        names = {view.name for view in views}
        mine = [closure for closure in snapshot.closures if closure.endpoint in names]
        lines = (
            newest_loss(mine, snapshot.codes_of(views[0].name)) if is_open else "",
            nothing_found(views, mine) if is_silent else "",
        )
        self.quiet.setText("\n".join(filter(None, lines)))
        self.quiet.setVisible(any(lines))

    def _show_cards(self, snapshot: Snapshot, views: Sequence[EndpointView], said: Diagnosed) -> None:
        findings = [finding for finding in said.findings if finding.pending is None]
        advice = views[0].advice if views else None
        offered = advice if advice is not None and self.can_apply(advice) else None
        while len(self.cards) < len(findings):
            self._add_card()
        for card, finding in zip(self.cards, findings, strict=False):
            is_meant = offered is not None and offered.rule == finding.rule
            card.show_finding(finding, offered if is_meant else None, snapshot)
            card.show_life(said, snapshot)
            card.show()
        for card in self.cards[len(findings) :]:
            card.hide()

    def _show_past(self, snapshot: Snapshot, said: Diagnosed) -> None:
        """Their age grows, so they are written anew each time; what stood last is in sight until another stands."""
        past, stands = said.past, any(one.pending is None for one in said.findings)
        last = [one for one in past[:1] if one.how == "withdrawn" and not stands]
        first = [*last, *_in_sight(past)]
        others = [one for one in past if one not in first]
        self.history.setVisible(bool(others))
        self.history.setText(f"{'Hide the' if self.history.isChecked() else 'Show the'} history ({len(others)})")
        shown = [*first, *(others if self.history.isChecked() else ())]
        for card, one in zip(self._life_cards(self.past, len(shown)), shown, strict=True):
            card.show_past(one, snapshot, self._look.moments)

    def _show_history(self) -> None:
        if self._latest is not None:
            snapshot, key = self._latest
            said = (view.said for view in snapshot.endpoints if key is not None and view.name == key[0])
            self._show_past(snapshot, next(said, Diagnosed()))

    def _life_cards(self, cards: list[LifeCard], wanted: int) -> list[LifeCard]:
        """So many cards of the list, made where they lack; the others are hidden."""
        column = self._learning_column if cards is self.learning else self._past_column
        while len(cards) < wanted:
            card = LifeCard(self._body)
            column.addWidget(card)
            cards.append(card)
        for number, card in enumerate(cards):
            card.setVisible(number < wanted)
        return cards[:wanted]

    def _lay_out(self) -> None:
        self._column = in_column(within=self._body, margins=(12, 8, 12, 6), spacing=6)
        self._learning_column, self._past_column = QVBoxLayout(), QVBoxLayout()
        self._column.addWidget(self.heading)
        self._column.addWidget(self.quiet)
        for column in (self._learning_column, self._past_column):
            column.setSpacing(6)
            self._column.addLayout(column)
        self._column.addWidget(self.history, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self.drops)
        self._column.addStretch(1)

    def _add_card(self) -> None:
        card = FindingCard(self._look, self._body)
        card.row_pressed.connect(self.row_pressed)
        card.plot_pressed.connect(self.plot_pressed)
        card.report_pressed.connect(self.report_pressed)
        card.examine_pressed.connect(self.examine_pressed)
        card.advice_pressed.connect(self.advice_pressed)
        self._column.insertWidget(1 + len(self.cards), card)
        self.cards.append(card)


def _in_sight(past: Sequence[PastFinding]) -> list[PastFinding]:
    """What helped, and what was found before the recording begins; what proved wrong is history once another stands."""
    return [one for one in past if one.how != "withdrawn"][:_SHOWN_PAST]


def _never(advice: HeartbeatAdvice) -> bool:
    return False
