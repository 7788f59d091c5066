"""Which finding explains which closure, gathered while findings come and go. Pure."""

from wsmonitor.analysis.snapshot import Ended, Snapshot
from wsmonitor.diagnosis.findings import Finding
from wsmonitor.gui.findings.finding_text import title

_Place = tuple[int, int]
"""Slot and time: what an evidence row and a closure have in common."""


class Causes:
    """Findings show only their newest evidence; what they showed before counts as long as they stand."""

    def __init__(self) -> None:
        self._looked: dict[str, tuple[Finding, ...]] = {}
        self._places: dict[str, dict[str, set[_Place]]] = {}
        self._titles: dict[tuple[str, str], str] = {}

    def look(self, snapshot: Snapshot) -> bool:
        """Take the findings of `snapshot`; true where anything changed."""
        has_changed = False
        for view in snapshot.endpoints:
            if self._looked.get(view.name) is not view.findings:
                self._looked[view.name] = view.findings
                self._take(view.name, view.findings)
                has_changed = True
        return has_changed

    def cause(self, ended: Ended) -> str:
        """The title of the finding that explains `ended`; empty where none does."""
        place = (ended.slot, ended.at_ns)
        for rule, places in self._places.get(ended.endpoint, {}).items():
            if place in places:
                return self._titles[ended.endpoint, rule]
        return ""

    def _take(self, name: str, findings: tuple[Finding, ...]) -> None:
        before = self._places.get(name, {})
        stated = [finding for finding in findings if finding.pending is None]
        self._places[name] = {finding.rule: before.get(finding.rule, set()) for finding in stated}
        for finding in stated:
            self._titles[name, finding.rule] = title(finding)
            self._places[name][finding.rule].update((row.slot, row.at_ns) for row in finding.evidence)
