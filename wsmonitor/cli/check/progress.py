"""What a check prints while it runs: what went wrong as it happens, and how far it is."""

import time

from wsmonitor.cli.check.result import CheckPlan
from wsmonitor.cli.measuring.text import TextLines
from wsmonitor.diagnosis.findings import FindingChange, FindingStated, FindingWithdrawn
from wsmonitor.facts.events import AnyEvent, State, StateChanged
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import counted, duration
from wsmonitor.text.wording.event_words import severity

STEPS = 10


class Progress:
    """Words events; nothing at all where it is `quiet`."""

    def __init__(self, plan: CheckPlan, *, encoding: str, quiet: bool) -> None:
        self._duration_ns = round(plan.duration_s * 1e9)
        self._encoding = encoding
        self._quiet = quiet
        self._start_ns = 0
        self._step = 1
        self._open: set[tuple[str, int]] = set()
        names = [endpoint.name for endpoint in plan.endpoints]
        codes = {endpoint.name: endpoint.codes for endpoint in plan.endpoints}
        wall = WallClock.now()
        self._text = TextLines(wall, names, show_secrets=plan.show_secrets, encoding=encoding, codes=codes)

    def opening(self, endpoint: EndpointConfig, name: str, count: int) -> bytes | None:
        """A test of opening begins."""
        return self._said(f"{visible(endpoint.name)}: {name}, {counted(count, 'connection')}")

    def holding(self, plan: CheckPlan) -> bytes | None:
        """The long test begins."""
        self._start_ns = time.monotonic_ns()
        held = sum(endpoint.connections for endpoint in plan.endpoints)
        return self._said(f"holding {counted(held, 'connection')} for {duration(self._duration_ns)}")

    def line(self, event: AnyEvent | FindingChange) -> bytes | None:
        """The line of an event, where it has one."""
        if self._quiet:
            return None
        if isinstance(event, StateChanged):
            who = event.endpoint, event.slot
            self._open = self._open | {who} if event.new.is_open else self._open - {who}
        due_ns = self._start_ns + self._duration_ns * self._step // STEPS
        passed = self._passed(event.at_ns) if event.at_ns >= due_ns and self._step < STEPS else None
        told = self._text.line(event) if _is_notable(event) else None
        return (passed or b"") + (told or b"") or None

    def _passed(self, at_ns: int) -> bytes | None:
        passed_ns = min(at_ns - self._start_ns, self._duration_ns)
        self._step = passed_ns * STEPS // self._duration_ns + 1
        return self._said(f"{duration(passed_ns)} of {duration(self._duration_ns)}: {len(self._open)} open")

    def _said(self, text: str) -> bytes | None:
        return None if self._quiet else f"{text}\n".encode(self._encoding, "backslashreplace")


def _is_notable(event: AnyEvent | FindingChange) -> bool:
    if isinstance(event, FindingStated | FindingWithdrawn):
        return isinstance(event, FindingStated) and event.finding.pending is None
    if isinstance(event, StateChanged):
        return event.new in (State.OPEN, State.FAILED)
    return severity(event) != "info"
