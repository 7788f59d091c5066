"""Pure: events -> how bad it was, for `watch --fail-on`."""

from typing import Literal

from wsmonitor.diagnosis.findings import FindingChange, FindingStated, Severity
from wsmonitor.facts.events import AnyEvent, ConnectionClosed, Disruption, EndpointEvent, OpenFailed, StateChanged
from wsmonitor.facts.tap_events import TapCost, TapListening, TapRefused

Level = Literal["warning", "problem"]


class Outcome:
    """A failed opening or an unforced closure is a warning, an endpoint that never opened a problem.

    Findings that stand count by their severity; one that was withdrawn does not.
    """

    def __init__(self) -> None:
        self._warned = False
        self._found: dict[tuple[str, str], Severity] = {}
        self._has_opened: dict[str, bool] = {}

    def feed(self, events: list[AnyEvent]) -> None:
        """Take the next events into account."""
        for event in events:
            self._feed(event)

    def find(self, changes: list[FindingChange]) -> None:
        """Take findings into account."""
        for change in changes:
            if isinstance(change, FindingStated):
                self._found[change.finding.key] = change.finding.severity
            else:
                self._found.pop((change.endpoint, change.rule), None)

    def reaches(self, level: Level) -> bool:
        """True if it was as bad as `level`, or worse."""
        found = self._found.values()
        if "problem" in found or not all(self._has_opened.values()):
            return True
        return level == "warning" and (self._warned or "warning" in found)

    def _feed(self, event: AnyEvent) -> None:
        if isinstance(event, TapListening | TapCost | TapRefused) or (
            isinstance(event, Disruption) and event.is_shared
        ):
            return  # a tap that nobody came to has failed at nothing
        if isinstance(event, EndpointEvent):
            self._has_opened.setdefault(event.endpoint, False)
        match event:
            case StateChanged() if event.new.is_open:
                self._has_opened[event.endpoint] = True
            case OpenFailed():
                self._warned = True
            case ConnectionClosed():
                verdict = event.verdict
                self._warned |= verdict.is_loss if verdict.tapped else not verdict.is_ours
