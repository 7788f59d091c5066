"""A finding that does not stand: it is still learnt, or it stood and is resolved or withdrawn, and why."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.diagnosis.finding_words import cause, how_words, past_words
from wsmonitor.diagnosis.findings import Finding, PastFinding
from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.moments import Moments


class LifeCard(QFrame):
    """A pill with the stage of life, the cause, how far or since when, and a sentence."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.pill, self.title, self.when, self.sentence = (
            plain_label(self, name=name) for name in ("pill", "strong", "muted", "muted")
        )
        for label in (self.title, self.sentence):
            label.setWordWrap(True)
        top = QHBoxLayout()
        top.addWidget(self.pill, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.title, 1)
        top.addWidget(self.when, 0, Qt.AlignmentFlag.AlignTop)
        in_column(top, self.sentence, within=self, margins=(10, 6, 10, 6), spacing=3)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def show_learning(self, finding: Finding) -> None:
        """A cause that has not enough samples yet: `2 of 3`."""
        pending = finding.pending
        self._show(
            "learning", finding, "" if pending is None else f"{pending.have} of {pending.need}", finding.sentence
        )

    def show_past(self, past: PastFinding, snapshot: Snapshot, moments: Moments) -> None:
        """A finding that stood, why it stands no more, and what it had said."""
        how = how_words(past)
        words = past_words(past, snapshot.at_ns).removeprefix(f"{how}: ")
        sentence = f"{words[:1].upper()}{words[1:]}\nIt said: {past.finding.sentence}"
        self._show(how, past.finding, moments.clock(snapshot, past.at_ns, digits=0), sentence)

    def _show(self, stage: str, finding: Finding, when: str, sentence: str) -> None:
        if self.property("stage") != stage:
            for widget in (self, self.pill):
                widget.setProperty("stage", stage)
                widget.style().unpolish(widget)
                widget.style().polish(widget)
        name = cause(finding)
        for label, text in (
            (self.pill, stage),
            (self.title, name[:1].upper() + name[1:]),
            (self.when, when),
            (self.sentence, sentence),
        ):
            if label.text() != text:
                label.setText(text)
        self.setAccessibleName(f"{stage}: {name}")
        self.setAccessibleDescription(sentence)
