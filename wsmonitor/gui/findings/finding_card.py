"""One finding: how bad, what, how sure, what speaks for and against it, what to try."""

from functools import partial

from msgspec import structs
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.diagnosis.advice import HeartbeatAdvice
from wsmonitor.diagnosis.finding_words import considered_words
from wsmonitor.diagnosis.findings import Diagnosed, EvidenceRow, Finding
from wsmonitor.gui.findings.finding_text import life_text, make_up, row_text, said_text, whole_title
from wsmonitor.gui.findings.verdict_line import experiment_of
from wsmonitor.gui.look import words
from wsmonitor.gui.look.labels import LinkLabel, described, plain_label
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.text.units import exact_s, percent

_ROWS = 3
"""So many evidence rows before "more": a card must not push the next one out of sight."""


class FindingCard(QFrame):
    """Shows a `Finding` and says what was pressed."""

    row_pressed = Signal(object)
    """The `EvidenceRow`."""
    plot_pressed = Signal(object)
    """The `Finding`, as for the next one."""
    report_pressed = Signal(object)
    examine_pressed = Signal(object)
    advice_pressed = Signal(object)
    """The `HeartbeatAdvice`."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._look = look
        self.finding: Finding | None = None
        self._advice: HeartbeatAdvice | None = None
        self._snapshot: Snapshot | None = None
        self._is_expanded = False
        self.severity = plain_label(self, name="pill")
        self.confidence = plain_label(self, name="confidence")
        self.title = plain_label(self, name="strong", wraps=True)
        self.life = plain_label(self, name="muted", wraps=True)
        self.sentence = plain_label(self, wraps=True)
        self.considered = plain_label(self, wraps=True)
        self.fix = plain_label(self, wraps=True)
        self.more = described(QPushButton(self), look="flat")
        self.plot = described(QPushButton("Show on plot", self), hint="Move the plots to the evidence")
        self.report = QPushButton("Copy report", self)
        self.report.setToolTip("Put this finding on the clipboard, as Markdown for an issue")
        self.examine = QPushButton("Examine", self)
        self.advice = described(QPushButton(self), look="primary")
        self._rows: list[tuple[EvidenceRow, LinkLabel]] = []
        self._evidence = in_column(spacing=1)
        self._lay_out()
        self.more.clicked.connect(self._toggle_more)
        self.plot.clicked.connect(self._press_plot)
        self.report.clicked.connect(self._press_report)
        self.examine.clicked.connect(self._press_examine)
        self.advice.clicked.connect(self._press_advice)
        look.changed.connect(self._show_rows)

    @property
    def rows(self) -> list[str]:
        """The evidence shown now, in words."""
        return [label.text() for _, label in self._rows]

    def show_finding(self, finding: Finding, advice: HeartbeatAdvice | None, snapshot: Snapshot) -> None:
        """Show `finding`; nothing is touched where it says the same as before."""
        if finding == self.finding and advice == self._advice:
            return
        is_same = self.finding is not None and self.finding.key == finding.key
        self.finding, self._advice, self._snapshot = finding, advice, snapshot
        self._is_expanded = self._is_expanded and is_same
        if self.property("severity") != finding.severity:
            self.setProperty("severity", finding.severity)
            for widget in (self, self.severity):
                widget.setProperty("severity", finding.severity)
                widget.style().unpolish(widget)
                widget.style().polish(widget)
        self.severity.setText(finding.severity)
        name = whole_title(finding)
        self.title.setText(name[:1].upper() + name[1:])
        self.sentence.setText(finding.sentence)
        measured = "measured · " if finding.basis == "measured" else ""
        self.confidence.setText(f"{measured}{percent(finding.confidence.value)}")
        self.confidence.setToolTip(words.plain(make_up(finding)))
        self.fix.setText(f"Try: {finding.fix}")
        experiment = experiment_of(finding)
        self.examine.setVisible(bool(experiment))
        self.examine.setAccessibleName(f"Examine: {name}")
        self.examine.setToolTip(f"Run the experiment “{experiment}”, which tells its causes apart")
        self.advice.setVisible(advice is not None)
        if advice is not None:
            self.advice.setText(f"Beat every {exact_s(advice.interval_s)}")
            self.advice.setToolTip(words.plain(f"{advice.reason}. The endpoint is dialled again; can be undone"))
        self.setAccessibleName(f"{finding.severity}: {finding.sentence}")
        self.setAccessibleDescription(f"{make_up(finding)}. Try: {finding.fix}")
        self._show_rows()

    def show_life(self, said: Diagnosed, snapshot: Snapshot) -> None:
        """Say how what it explains ended, since when it stands and how often it was confirmed."""
        if self.finding is not None:
            lines = said_text(self.finding, said, snapshot), life_text(self.finding, said, snapshot, self._look.moments)
            self.life.setText("\n".join(filter(None, lines)))

    def _show_considered(self, finding: Finding) -> None:
        """Causes that are not ruled out always, those that are only among all the rest."""
        shown = [one for one in finding.also_considered if self._is_expanded or not one.ruled_out]
        lines = considered_words(structs.replace(finding, also_considered=tuple(shown)), ask="Examine, ")
        self.considered.setText("\n".join(line[:1].upper() + line[1:] for line in lines))
        self.considered.setVisible(bool(shown))

    def _show_rows(self) -> None:
        if self.finding is None or self._snapshot is None:
            return
        for _, label in self._rows:
            self._evidence.removeWidget(label)
            label.hide()  # until it is gone it would stand over what takes its place
            label.deleteLater()
        evidence, against = self.finding.evidence, self.finding.counter_evidence
        shown = evidence if self._is_expanded else evidence[:_ROWS]
        self._rows = [self._row(row, "•") for row in shown] + [self._row(row, "✗ against:") for row in against]
        self._show_considered(self.finding)
        ruled_out = sum(one.ruled_out for one in self.finding.also_considered)
        hidden = len(evidence) - len(shown) + (0 if self._is_expanded else ruled_out)
        self.more.setText("Less" if self._is_expanded else f"{hidden} more")
        self.more.setVisible(bool(hidden) or self._is_expanded)

    def _row(self, row: EvidenceRow, mark: str) -> tuple[EvidenceRow, LinkLabel]:
        assert self._snapshot is not None
        label = LinkLabel(self)
        font = label.font()
        font.setPointSizeF(font.pointSizeF() * 0.9)
        label.setFont(font)
        label.setText(f"{mark} {row_text(row, self._snapshot, self._look.moments)}")
        label.setToolTip("Show this moment on the plots")
        label.pressed.connect(partial(self._press_row, row))
        self._evidence.addWidget(label)
        return row, label

    def _press_row(self, row: EvidenceRow) -> None:
        self.row_pressed.emit(row)

    def _press_plot(self) -> None:
        self.plot_pressed.emit(self.finding)

    def _press_report(self) -> None:
        self.report_pressed.emit(self.finding)

    def _press_examine(self) -> None:
        self.examine_pressed.emit(self.finding)

    def _press_advice(self) -> None:
        self.advice_pressed.emit(self._advice)

    def _toggle_more(self) -> None:
        self._is_expanded = not self._is_expanded
        self._show_rows()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.severity, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.title, 1)
        top.addWidget(self.confidence, 0, Qt.AlignmentFlag.AlignTop)
        cures = in_row(self.advice, self.examine, ..., spacing=6)  # two rows: one is too wide for a small window
        views = in_row(self.plot, self.report, ..., self.more, spacing=6)
        in_column(
            top,
            self.sentence,
            self.life,
            self._evidence,
            self.considered,
            self.fix,
            cures,
            views,
            within=self,
            margins=(10, 8, 10, 8),
            spacing=5,
        )
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
