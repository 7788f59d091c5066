"""What most probably ails the selected endpoint, most urgent first; below it its closures by kind."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.diagnosis.advice import HeartbeatAdvice
from wsmonitor.diagnosis.findings import Finding
from wsmonitor.facts.events import Key
from wsmonitor.gui.findings.drops import Drops
from wsmonitor.gui.findings.finding_card import FindingCard
from wsmonitor.gui.findings.finding_text import nothing_found
from wsmonitor.gui.look.theme import Look
from wsmonitor.text.plain_text import visible


class FindingsPanel(QScrollArea):
    """Cards are kept and filled again, so that a button does not vanish under the pointer."""

    row_pressed = Signal(object)
    plot_pressed = Signal(object)
    report_pressed = Signal(object)
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
        self._shown: tuple[object, ...] = ()
        self._body = QWidget(self)
        self._body.setObjectName("panel")
        self._body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.heading = self._label("strong")
        self.pending = self._label("muted")
        self.quiet = self._label("muted")
        self.drops = Drops(look, self._body)
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(12, 8, 12, 6)
        self._column.setSpacing(6)
        for widget in (self.heading, self.quiet, self.pending, self.drops):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self.setWidget(self._body)
        self.setMinimumHeight(120)

    def show_snapshot(self, snapshot: Snapshot, key: Key | None) -> None:
        """Show what is found of the endpoint of `key`, all its connections together."""
        views = [view for view in snapshot.endpoints if key is not None and view.name == key[0]]
        self.drops.show_snapshot(snapshot, key)
        self.drops.setVisible(bool(self.drops.groups))
        findings = views[0].findings if views else ()
        counts = tuple((view.connection, view.closures, view.failures) for view in views)
        shown = (key, findings, counts, views[0].advice if views else None)
        if shown == self._shown:
            return
        self._shown = shown
        self.heading.setText(f"Findings · {visible(key[0], 60)}" if key is not None else "Findings")
        mine = (closure for closure in snapshot.closures if key is not None and closure.endpoint == key[0])
        self._show_line(self.quiet, "" if findings or not views else nothing_found(views, mine))
        waiting = [finding for finding in findings if finding.pending is not None]
        self._show_line(self.pending, "\n".join(finding.sentence for finding in waiting))
        advice = views[0].advice if views else None
        offered = advice if advice is not None and self.can_apply(advice) else None
        self._show_cards([finding for finding in findings if finding.pending is None], offered, snapshot)

    def _show_cards(self, findings: list[Finding], advice: HeartbeatAdvice | None, snapshot: Snapshot) -> None:
        while len(self.cards) < len(findings):
            self._add_card()
        for card, finding in zip(self.cards, findings, strict=False):
            is_meant = advice is not None and advice.rule == finding.rule
            card.show_finding(finding, advice if is_meant else None, snapshot)
            card.show()
        for card in self.cards[len(findings) :]:
            card.hide()

    def _add_card(self) -> None:
        card = FindingCard(self._look, self._body)
        card.row_pressed.connect(self.row_pressed)
        card.plot_pressed.connect(self.plot_pressed)
        card.report_pressed.connect(self.report_pressed)
        card.advice_pressed.connect(self.advice_pressed)
        self._column.insertWidget(1 + len(self.cards), card)
        self.cards.append(card)

    def _label(self, name: str) -> QLabel:
        label = QLabel(self._body)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label

    def _show_line(self, label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))


def _never(advice: HeartbeatAdvice) -> bool:
    return False
