"""Connects the findings with the plots, the clipboard and the endpoint's settings."""

from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from wsmonitor.analysis.headline import Headline
from wsmonitor.diagnosis.advice import HeartbeatAdvice, apply
from wsmonitor.diagnosis.findings import EvidenceRow, Finding
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.findings.finding_text import markdown, verdict_markdown
from wsmonitor.gui.findings.verdict_line import ExperimentCommand, experiment_of
from wsmonitor.gui.groups.together import view_of
from wsmonitor.gui.look.moments import Moments
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.text.units import exact_s


class Examine(Protocol):
    """Runs experiments: `ExperimentActions`."""

    def can_ask(self, endpoint: str) -> bool:
        """Whether the endpoint is monitored now."""

    def ask(self, endpoint: str, experiment: str) -> None:
        """Put the question to its server."""


class FindingActions(QObject):
    """What the buttons of a finding do; `examine` puts questions to servers."""

    def __init__(
        self,
        monitor: MonitorView,
        controller: Controller,
        moments: Moments,
        parent: QObject,
        *,
        examine: Examine,
    ) -> None:
        super().__init__(parent)
        self._examine = examine
        self._monitor, self._controller, self._moments = monitor, controller, moments
        panel = monitor.findings
        panel.can_apply = self._can_apply
        panel.row_pressed.connect(self._show_row)
        panel.plot_pressed.connect(self._show_finding)
        panel.report_pressed.connect(self._copy)
        panel.advice_pressed.connect(self._follow)
        monitor.verdict.copy_pressed.connect(self._copy_verdict)
        monitor.verdict.test_pressed.connect(self._test)
        panel.examine_pressed.connect(self._ask)

    def _can_apply(self, advice: HeartbeatAdvice) -> bool:
        """Endpoints of a recording cannot be changed."""
        return self._controller.config(advice.endpoint) is not None

    def _show_row(self, row: EvidenceRow) -> None:
        key = self._monitor.table.current_key()
        if key is not None and key[1] != row.slot:
            self._monitor.table.select((key[0], row.slot))
        self._monitor.plots.show_moment(row.at_ns, always=True)
        self._monitor.plots.mark([row.at_ns])

    def _show_finding(self, finding: Finding) -> None:
        key = self._monitor.table.current_key()
        slots = [row.slot for row in finding.evidence]
        if key is not None and slots and key[1] not in slots:
            self._monitor.table.select((key[0], slots[0]))
            key = (key[0], slots[0])
        times = [row.at_ns for row in finding.evidence if key is None or row.slot == key[1]]
        if times:
            self._monitor.plots.show_stretch(min(times), max(times))
            self._monitor.plots.mark(times)

    def _copy(self, finding: Finding) -> None:
        snapshot = self._monitor.snapshot
        view = None if snapshot is None else next((v for v in snapshot.endpoints if v.name == finding.endpoint), None)
        if snapshot is not None and view is not None:
            QGuiApplication.clipboard().setText(markdown(finding, view, snapshot, self._moments))
            self._monitor.notice.say("The report is on the clipboard, as Markdown")

    def _copy_verdict(self, said: Headline) -> None:
        snapshot, key = self._monitor.snapshot, self._monitor.table.current_key()
        view = None if snapshot is None else view_of(key, snapshot)
        if snapshot is not None and view is not None:
            QGuiApplication.clipboard().setText(verdict_markdown(said, view, snapshot, self._moments))
            self._monitor.notice.say("The verdict is on the clipboard, as Markdown")

    def _test(self, command: ExperimentCommand) -> None:
        key = self._monitor.table.current_key()
        if key is not None and self._examine.can_ask(key[0]):
            self._examine.ask(key[0], command.experiment)
        else:
            self._copy_command(command)

    def _ask(self, finding: Finding) -> None:
        self._examine.ask(finding.endpoint, experiment_of(finding))

    def _copy_command(self, command: ExperimentCommand) -> None:
        QGuiApplication.clipboard().setText(command.text)
        secret = "; put the secret of the URL where *** stands" if command.is_redacted else ""
        self._monitor.notice.say(f"The command is on the clipboard, to run in a terminal{secret}")

    def _follow(self, advice: HeartbeatAdvice) -> None:
        config = self._controller.config(advice.endpoint)
        if config is not None:
            self._controller.change(apply(advice, config), f"beats every {exact_s(advice.interval_s)} from now on")
