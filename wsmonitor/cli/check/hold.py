"""What was seen while a check held its connections."""

import time

from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.cli.check.result import CheckPlan
from wsmonitor.cli.measuring.door import Door
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.facts.events import AnyEvent, OpenFailed


class Held:
    """Folds for the reporter as an analyzer does, and remembers why openings failed."""

    def __init__(self, plan: CheckPlan, door: Door) -> None:
        self.last_failures: dict[str, OpenFailed] = {}
        self.summaries: tuple[EndpointSummary, ...] = ()
        self._analyzer = Analyzer(door.start_ns, door.wall_ns)
        for endpoint in plan.endpoints:
            self._analyzer.add_endpoint(endpoint)

    def feed(self, events: list[AnyEvent]) -> None:
        """Fold, and remember why an opening failed."""
        self._analyzer.feed(events)
        self.last_failures |= {event.endpoint: event for event in events if isinstance(event, OpenFailed)}

    def take_finding_changes(self) -> list[FindingChange]:
        """What the diagnosis said since the last call."""
        return self._analyzer.take_finding_changes()

    def end(self) -> None:
        """Sum up."""
        self.summaries = self._analyzer.summary(time.monotonic_ns())
