"""Judges alert rules by the facts, as they come: an alert is raised once, and over once it has been calm for a while.

Time is that of the facts: the probe says every second how late its loop woke, so nothing is judged while nothing
is measured.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from wsmonitor.analysis.alerts.gauges import Gauge, gauge
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.diagnosis.rules import RULES
from wsmonitor.facts.events import (
    AlertChanged,
    AnyEvent,
    ConnectionClosed,
    EndpointEvent,
    HeartbeatMissed,
    LoopLag,
    OpenFailed,
    ProbeLost,
    RttSample,
    State,
    StateChanged,
)
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.settings.conditions.condition import ANY, Found, own_time_ns, parse_condition
from wsmonitor.text.plain_text import visible

LONGEST_CALM_NS = 60_000_000_000
SHORTEST_CALM_NS = 5_000_000_000
_MOST_ENDPOINTS = 10_000
_LONGEST_TEXT = 400
_HEARD = frozenset({ConnectionClosed, OpenFailed, RttSample, HeartbeatMissed, StateChanged})


def unknown_findings(rules: Iterable[AlertRule]) -> list[str]:
    """A sentence for each rule that waits for a finding that there is not."""
    known = {rule.id for rule in RULES}
    found = [(rule, parse_condition(rule.when)) for rule in rules]
    return [
        f"alert {visible(rule.name, 60)}: there is no finding {visible(condition.rule, 40)} (docs/rules.md has all)"
        for rule, condition in found
        if isinstance(condition, Found) and condition.rule != ANY and condition.rule not in known
    ]


class AlertJudge:
    """Turns facts into `AlertChanged`; forgets an endpoint when told so."""

    def __init__(self, rules: Sequence[AlertRule] = ()) -> None:
        self.rules: tuple[AlertRule, ...] = ()
        self._cases: dict[str, list[_Case]] = {}
        self._now_ns = 0
        self.use(rules)

    def use(self, rules: Sequence[AlertRule]) -> list[AlertChanged]:
        """Judge by these rules from now on; those that stay the same go on. What others had raised is over."""
        kept = set(rules)
        ended = [
            case.end(self._now_ns, "its rule was changed")
            for cases in self._cases.values()
            for case in cases
            if case.is_raised and case.rule not in kept
        ]
        self.rules = tuple(rules)
        for endpoint, cases in self._cases.items():
            known = {case.rule: case for case in cases}
            self._cases[endpoint] = [known.get(case.rule, case) for case in self._new_cases(endpoint)]
        return ended

    def forget(self, endpoint: str) -> None:
        """Nothing is judged of this endpoint until it is heard of again."""
        self._cases.pop(endpoint, None)

    def take(self, events: Iterable[AnyEvent], changes: Iterable[FindingChange] = ()) -> list[AlertChanged]:
        """What the facts and findings change, in order. Costs nothing without rules."""
        if not self.rules:
            return []
        changed: list[AlertChanged] = []
        for event in events:
            if type(event) in _HEARD and isinstance(event, EndpointEvent):
                self._now_ns = max(self._now_ns, event.at_ns)
                for case in self._of(event.endpoint):
                    changed += case.hear(event, self._now_ns)
            elif isinstance(event, LoopLag | ProbeLost):
                self._now_ns = max(self._now_ns, event.at_ns)
                for cases in self._cases.values():
                    for case in cases:
                        changed += case.hear(event, self._now_ns)
        for change in changes:
            self._now_ns = max(self._now_ns, change.at_ns)
            for case in self._of(change.endpoint):
                changed += case.find(change, self._now_ns)
        return changed

    def _of(self, endpoint: str) -> "list[_Case]":
        cases = self._cases.get(endpoint)
        if cases is None:
            if len(self._cases) >= _MOST_ENDPOINTS:
                return []
            cases = self._cases[endpoint] = self._new_cases(endpoint)
        return cases

    def _new_cases(self, endpoint: str) -> "list[_Case]":
        return [_case(rule, endpoint) for rule in self.rules if rule.is_about(endpoint)]


class _Case(Struct):
    """One rule at one endpoint."""

    rule: AlertRule
    endpoint: str
    gauge: Gauge
    calm_ns: int
    """So long it must not hold before the alert is over."""
    resting: dict[int, bool]
    """Which slots are stopped, of those that were heard of."""
    is_raised: bool = False
    calm_since_ns: int | None = None

    def hear(self, event: AnyEvent, now_ns: int) -> list[AlertChanged]:
        if isinstance(event, StateChanged):
            self.resting[event.slot] = event.new in (State.IDLE, State.STOPPED)
        self.gauge.hear(event)
        return self._judge(now_ns)

    def find(self, change: FindingChange, now_ns: int) -> list[AlertChanged]:
        self.gauge.find(change)
        return self._judge(now_ns)

    def end(self, now_ns: int, why: str) -> AlertChanged:
        self.is_raised, self.calm_since_ns = False, None
        return self._changed(now_ns, why)

    def _judge(self, now_ns: int) -> list[AlertChanged]:
        holds = self.gauge.holds(now_ns)
        if holds:
            self.calm_since_ns = None
            if self.is_raised:
                return []
            self.is_raised = True
            return [self._changed(now_ns, self.gauge.words(now_ns, held=True))]
        if not self.is_raised:
            return []
        if holds is None and not self._is_resting:  # nothing says that it is better
            return []
        if self.calm_since_ns is None:
            self.calm_since_ns = now_ns
        if now_ns - self.calm_since_ns < self.calm_ns:
            return []
        return [self.end(now_ns, "stopped" if holds is None else self.gauge.words(now_ns, held=False))]

    @property
    def _is_resting(self) -> bool:
        return bool(self.resting) and all(self.resting.values())

    def _changed(self, now_ns: int, text: str) -> AlertChanged:
        return AlertChanged(
            at_ns=now_ns,
            endpoint=self.endpoint,
            rule=self.rule.name,
            raised=self.is_raised,
            text=visible(text, _LONGEST_TEXT),
        )


def _case(rule: AlertRule, endpoint: str) -> _Case:
    condition = parse_condition(rule.when)
    calm_ns = min(max(own_time_ns(condition), SHORTEST_CALM_NS), LONGEST_CALM_NS)
    return _Case(rule, endpoint, gauge(condition), calm_ns, {})
