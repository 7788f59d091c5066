"""What each kind of condition counts, for one endpoint. Bounded: a gauge keeps as much as its condition needs.

`holds` is true or false, or `None` where nothing is known: too few heartbeats within the time, no state since the
measurement began again.
"""

import math
from collections import deque
from typing import assert_never

from wsmonitor.analysis.alerts.sliding import Sliding
from wsmonitor.diagnosis.findings import FindingChange, FindingStated
from wsmonitor.facts.events import (
    AnyEvent,
    ConnectionClosed,
    HeartbeatMissed,
    OpenFailed,
    ProbeLost,
    RttSample,
    State,
    StateChanged,
)
from wsmonitor.settings.conditions.condition import ANY, Condition, Count, Found, Lasting, Lost, Slow
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_text
from wsmonitor.text.units import counted, duration, fine_percent, percent, width
from wsmonitor.text.wording.closure_words import closure_words
from wsmonitor.text.wording.event_words import kind_name

_LEAST = 3
"""Fewer heartbeats make no share and no percentile; the longest round trip is the longest of any number."""
_LAG_SHARE = 5
"""Our own lag had a part in a round trip of which it is more than a fifth."""


class Gauge:
    """One condition, measured at one endpoint."""

    def hear(self, event: AnyEvent) -> None:
        """Take in a fact about the endpoint, or about the monitor itself."""

    def find(self, change: FindingChange) -> None:
        """Take in what the diagnosis says of the endpoint."""

    def holds(self, now_ns: int) -> bool | None:
        """Whether the condition is true now."""
        raise NotImplementedError

    def words(self, now_ns: int, *, held: bool) -> str:
        """Why it is `held`, or is so no more: one clause."""
        raise NotImplementedError


class CountGauge(Gauge):
    """Holds while the newest so many losses, or failed openings, are within the time."""

    def __init__(self, condition: Count) -> None:
        self._condition = condition
        self._at_ns: deque[int] = deque(maxlen=condition.at_least)
        self._last = ""

    def hear(self, event: AnyEvent) -> None:
        if self._condition.what == "drops":
            if isinstance(event, ConnectionClosed) and event.verdict.is_loss:
                self._at_ns.append(event.at_ns)
                self._last = closure_words(event.verdict)
        elif isinstance(event, OpenFailed):
            self._at_ns.append(event.at_ns)
            self._last = visible(redact_text(event.error), 120)

    def holds(self, now_ns: int) -> bool | None:
        times, condition = self._at_ns, self._condition
        return len(times) == condition.at_least and now_ns - times[0] <= condition.within_ns

    def words(self, now_ns: int, *, held: bool) -> str:
        condition = self._condition
        one, many = ("drop", "drops") if condition.what == "drops" else ("failed opening", "failed openings")
        number, time = counted(condition.at_least, one, many), width(condition.within_ns / 1e9)
        return f"{number} in {time}, the last: {self._last}" if held else f"fewer than {number} in {time}"


class SlowGauge(Gauge):
    """Holds while so many round trips of one kind are above the limit that the percentile is.

    The percentile is the nearest rank's, as everywhere: above the limit where fewer samples than its rank are not.
    """

    def __init__(self, condition: Slow) -> None:
        self._condition = condition
        self._shares: dict[str, Sliding] = {}

    def hear(self, event: AnyEvent) -> None:
        if not isinstance(event, RttSample) or event.kind == "tcp":
            return
        if self._condition.kind in (None, event.kind):
            share = self._shares.setdefault(event.kind, Sliding(self._condition.within_ns))
            is_above = event.round_trip_ns > self._condition.above_ns
            is_ours = is_above and event.lag_ns * _LAG_SHARE > event.round_trip_ns
            share.add(event.at_ns, is_above, event.round_trip_ns, is_ours=is_ours)

    def holds(self, now_ns: int) -> bool | None:
        found = [self._is_above(share, now_ns) for share in self._shares.values()]
        known = [one for one in found if one is not None]
        return any(known) if known else None

    def words(self, now_ns: int, *, held: bool) -> str:
        condition = self._condition
        name = "the longest round trip" if condition.percent == 100 else f"p{condition.percent:.0f} of round trips"
        limit = duration(condition.above_ns)
        if not held:
            return f"{name} at most {limit}"
        kind, share = next((kind, share) for kind, share in self._shares.items() if self._is_above(share, now_ns))
        tally = share.tally(now_ns)
        ours = f"; our own lag had a part in {tally.ours}" if tally.ours else ""
        return (
            f"{name} above {limit}: {tally.hits} of {tally.total} in {width(condition.within_ns / 1e9)} took longer, "
            f"up to {duration(share.longest_ns())} ({_named(kind)}){ours}"
        )

    def _is_above(self, share: "Sliding", now_ns: int) -> bool | None:
        tally, percent = share.tally(now_ns), self._condition.percent
        if tally.total < (_LEAST if percent < 100 else 1):
            return None
        rank = max(1, math.ceil(percent * tally.total / 100))
        return tally.total - tally.hits < rank


class LostGauge(Gauge):
    """Holds while the share of heartbeats without an answer in time is above the limit."""

    def __init__(self, condition: Lost) -> None:
        self._condition = condition
        self._share = Sliding(condition.within_ns)

    def hear(self, event: AnyEvent) -> None:
        if not isinstance(event, RttSample | HeartbeatMissed) or self._condition.kind not in (None, event.kind):
            return
        if isinstance(event, HeartbeatMissed):
            self._share.add(event.at_ns, True, event.waited_ns)
        elif event.kind != "tcp" and not event.late:
            self._share.add(event.at_ns, False, 0)

    def holds(self, now_ns: int) -> bool | None:
        tally, limit = self._share.tally(now_ns), self._condition.share
        if tally.total < _LEAST:
            return None
        share = tally.hits / tally.total
        return share >= limit if self._condition.counts_when_reached else share > limit

    def words(self, now_ns: int, *, held: bool) -> str:
        tally, condition = self._share.tally(now_ns), self._condition
        beats = counted(tally.total, "heartbeat")
        kind = f" ({_named(condition.kind)})" if condition.kind else ""
        share = f"loss {fine_percent(tally.hits / tally.total)}" if tally.total else "no loss"
        return f"{share}: {tally.hits} of {beats} in {width(condition.within_ns / 1e9)} not answered in time{kind}"


class LastingGauge(Gauge):
    """Holds while a connection is not open, or degraded, for longer than the time; stopped or held off is neither."""

    def __init__(self, condition: Lasting) -> None:
        self._condition = condition
        self._since: dict[int, tuple[int, str]] = {}
        self._slots: set[int] = set()

    def hear(self, event: AnyEvent) -> None:
        if isinstance(event, ProbeLost):
            self._since.clear()
            self._slots.clear()
        if not isinstance(event, StateChanged):
            return
        self._slots.add(event.slot)
        if not self._is_meant(event.new):
            self._since.pop(event.slot, None)
            return
        since_ns, _ = self._since.get(event.slot, (event.at_ns, ""))
        cause = f", {visible(redact_text(event.cause), 120)}" if event.cause else ""
        self._since[event.slot] = since_ns, f"{event.new.value}{cause}"

    def holds(self, now_ns: int) -> bool | None:
        if not self._slots:
            return None
        return any(now_ns - since_ns > self._condition.longer_than_ns for since_ns, _ in self._since.values())

    def words(self, now_ns: int, *, held: bool) -> str:
        what = "not open" if self._condition.state == "down" else "open without answers"
        if not held:
            return "open again" if self._condition.state == "down" else "heartbeats are answered again"
        since_ns, doing = min(self._since.values())
        several = f"{len(self._since)} of {len(self._slots)} connections " if len(self._slots) > 1 else ""
        return f"{several}{what} for {duration(now_ns - since_ns)}: {doing}"

    def _is_meant(self, state: State) -> bool:
        if self._condition.state == "degraded":
            return state is State.DEGRADED
        return not state.is_open and state not in (State.IDLE, State.STOPPED, State.HOLD)


class FoundGauge(Gauge):
    """Holds while such a finding stands; what is still learnt does not."""

    def __init__(self, condition: Found) -> None:
        self._condition = condition
        self._standing: dict[str, str] = {}

    def find(self, change: FindingChange) -> None:
        if not isinstance(change, FindingStated):
            self._standing.pop(change.rule, None)
            return
        finding, wanted = change.finding, self._condition
        is_meant = finding.rule == wanted.rule or (wanted.rule == ANY and finding.severity != "info")
        if is_meant and finding.pending is None and finding.confidence.value >= wanted.confidence:
            self._standing[finding.rule] = f"{finding.sentence.rstrip('.')}, {percent(finding.confidence.value)} sure"
        else:
            self._standing.pop(finding.rule, None)

    def holds(self, now_ns: int) -> bool | None:
        return bool(self._standing)

    def words(self, now_ns: int, *, held: bool) -> str:
        return visible(next(iter(self._standing.values())), 240) if held else "no such finding stands any more"


def gauge(condition: Condition) -> Gauge:
    """A gauge that has seen nothing yet."""
    match condition:
        case Count():
            return CountGauge(condition)
        case Slow():
            return SlowGauge(condition)
        case Lost():
            return LostGauge(condition)
        case Lasting():
            return LastingGauge(condition)
        case Found():
            return FoundGauge(condition)
    assert_never(condition)


def _named(kind: str) -> str:
    return kind_name("ws" if kind == "ws" else "app" if kind == "app" else "client")
