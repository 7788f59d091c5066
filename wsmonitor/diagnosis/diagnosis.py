"""From events to findings: folds evidence for every endpoint and lets the rules look when something changed.

Rules look after a closure, a failed opening or a missed heartbeat, shortly afterwards again if late facts came
(our own lag, jumps, other endpoints), and every few seconds while an endpoint is alive. They
never look per message, and never more often than `BREATH_NS` per endpoint of the events' own time, or more
rarely while they find nothing else than before, so that the same events give the same findings whether they
come live or from a recording. Who asks for a snapshot or a summary gets a look at what changed since.
"""

from collections import deque
from collections.abc import Sequence
from heapq import heappop, heappush
from operator import attrgetter
from urllib.parse import urlsplit
from zlib import crc32

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Diagnosed, FindingChange, FindingWithdrawn
from wsmonitor.diagnosis.host_record import HostRecord
from wsmonitor.diagnosis.rule_runner import Findings
from wsmonitor.diagnosis.rules import RULES
from wsmonitor.diagnosis.rules.rule import Rule
from wsmonitor.facts.events import AnyEvent, ClockJump, EndpointEvent, KnownEarlier, LoopLag, ProbeLost, SamplesDropped
from wsmonitor.facts.own_troubles import Surroundings
from wsmonitor.settings.endpoint_settings import EndpointConfig

BREATH_NS = 100_000_000
LONGEST_BREATH_NS = 5_000_000_000
"""While closures come but looks name nothing else than before, they wait for up to so much."""
SECOND_LOOK_NS = 2_500_000_000
TICK_NS = 5_000_000_000
SLOWEST_TICK_NS = 15_000_000_000
"""While looks find nothing new they come more rarely, up to this."""
_PHASES = 50
_CHANGES = 10_000
_NEVER = 1 << 62
_NOTHING = Diagnosed()


class _Case:
    """One endpoint: its evidence, its findings, and when the rules look next."""

    def __init__(self, number: int, config: EndpointConfig, evidence: Evidence, findings: Findings) -> None:
        self.number = number
        self.config = config
        self.evidence = evidence
        self.findings = findings
        self.looked_ns = -_NEVER
        self.due_ns = _NEVER
        self.again_ns = _NEVER
        # Endpoints that do the same at the same time are not looked at together: that would take long at once.
        self.usual_tick_ns = TICK_NS + crc32(config.name.encode()) % _PHASES * TICK_NS // _PHASES
        self.tick_ns = self.usual_tick_ns
        self.breath_ns = BREATH_NS
        self.late_facts = 0
        self.listed_ns = _NEVER
        """The time under which it is to be found in the agenda."""

    @property
    def next_ns(self) -> int:
        """When it is looked at next."""
        return min(self.due_ns, self.again_ns, self.looked_ns + self.tick_ns)

    def look(self, now_ns: int) -> list[FindingChange]:
        """Let the rules look; they take their time while nothing happens and they find what they found before."""
        before = self.findings.claims
        changes = self.findings.look(self.evidence, now_ns)
        is_for_news = self.due_ns <= now_ns
        self.looked_ns, self.due_ns = now_ns, _NEVER
        if changes or is_for_news:
            self.tick_ns = self.usual_tick_ns
        else:
            self.tick_ns = min(SLOWEST_TICK_NS, self.tick_ns + TICK_NS // 2)
        if self.findings.claims == before:
            self.breath_ns = min(LONGEST_BREATH_NS, 2 * self.breath_ns)
        else:
            self.breath_ns = max(BREATH_NS, self.breath_ns // 4)
        self.late_facts = self.evidence.late_facts
        return changes

    def wants(self, at_ns: int) -> None:
        """Something changed at `at_ns`: look as soon as a breath has passed, and once more later."""
        self.due_ns = min(self.due_ns, max(at_ns, self.looked_ns + self.breath_ns))
        self.again_ns = at_ns + SECOND_LOOK_NS


class Diagnosis:
    """Folds events of all endpoints; `findings` are always those of the last look."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        self._rules = rules
        self._own = Surroundings()
        self._hosts: dict[str, HostRecord] = {}
        self._cases: dict[str, _Case] = {}
        self._changes: deque[FindingChange] = deque(maxlen=_CHANGES)
        self._next_ns = _NEVER
        self._numbered: list[_Case] = []
        self._agenda: list[tuple[int, int]] = []
        """A heap: when to look at the case of which number. One entry of each counts, that of its `listed_ns`."""
        self._wanting: dict[str, _Case] = {}
        """Where something changed since the rules last looked."""
        self._spoken: set[str] = set()

    def configure(self, config: EndpointConfig, *, anew: bool = False) -> None:
        """Take over an endpoint's configuration; evidence of another URL does not count any more.

        `anew`: it is another endpoint under this name, and no evidence counts.
        """
        case = self._cases.get(config.name)
        if case is not None and case.config.url == config.url and not anew:
            case.config = config
            case.evidence.configure(config, max(0, case.looked_ns))
            return
        if case is not None:
            self._withdraw(case)
        evidence = Evidence(config, self._own, self._host(config))
        number = len(self._numbered) if case is None else case.number
        self._cases[config.name] = case = _Case(number, config, evidence, Findings(config.name, self._rules))
        self._numbered[number : number + 1] = [case]
        self._list(case)

    def forget(self, name: str) -> None:
        """The statistics of an endpoint were reset: so is the evidence."""
        if name in self._cases:
            self._cases[name].evidence.forget()
            self._wants(self._cases[name], self._cases[name].looked_ns)
            self._next_ns = -_NEVER

    def feed(self, event: AnyEvent) -> None:
        """Take in an event; let the rules look where that is due."""
        if event.at_ns >= self._next_ns:
            self.settle(event.at_ns)
        if not isinstance(event, EndpointEvent):
            self._feed_own(event)
            return
        case = self._cases.get(event.endpoint)
        if case is None:
            self.configure(EndpointConfig(name=event.endpoint, url=""))
            case = self._cases[event.endpoint]
        if isinstance(event, KnownEarlier):
            case.findings.know_earlier(event)
        if case.evidence.feed(event):
            self._wants(case, event.at_ns)
            self._next_ns = min(self._next_ns, case.due_ns)

    def settle(self, now_ns: int) -> None:
        """Let the rules look wherever that is due by now."""
        for case in self._take_due(now_ns):
            if now_ns >= case.again_ns:
                case.again_ns = _NEVER
                if case.late_facts != case.evidence.late_facts:
                    case.due_ns = min(case.due_ns, now_ns)
            if now_ns >= min(case.due_ns, case.looked_ns + case.tick_ns):
                self._wanting.pop(case.config.name, None)
                before = case.findings.said
                self._changes += case.look(now_ns)
                if case.findings.said is not before:
                    self._spoken.add(case.config.name)
            self._list(case)
        self._next_ns = self._first_ns()

    def look_now(self, now_ns: int, *, is_last: bool = False) -> None:
        """Let the rules look at once wherever something changed since they last did.

        `is_last`: no more events will come, so that nothing is waited for: they look everywhere.
        """
        wanting = self._cases if is_last else self._wanting
        for case in wanting.values():
            case.due_ns = min(case.due_ns, now_ns)
            self._list(case)
        if wanting or now_ns >= self._next_ns:
            self.settle(now_ns)

    def said(self, name: str) -> Diagnosed:
        """What is said of an endpoint; the same object while nothing changed."""
        case = self._cases.get(name)
        return case.findings.said if case is not None else _NOTHING

    def take_changes(self) -> list[FindingChange]:
        """What was stated and withdrawn since the last call, in order."""
        changes = list(self._changes)
        self._changes.clear()
        return changes

    def take_spoken(self) -> set[str]:
        """The endpoints of which something else is said than at the last call."""
        spoken, self._spoken = self._spoken, set()
        return spoken

    def miss_samples(self) -> None:
        """Something of what happened was not told: silences and counts of what is open are no proof any more."""
        for case in self._cases.values():
            case.evidence.miss_samples()

    def _wants(self, case: _Case, at_ns: int) -> None:
        case.wants(at_ns)
        self._wanting[case.config.name] = case
        self._list(case)

    def _take_due(self, now_ns: int) -> list[_Case]:
        """Off the agenda, in the order in which they were made: what may be looked at by now."""
        due: list[_Case] = []
        while self._agenda and self._agenda[0][0] <= now_ns:
            at_ns, number = heappop(self._agenda)
            case = self._numbered[number]
            if at_ns == case.listed_ns:
                case.listed_ns = _NEVER
                due.append(case)
        return sorted(due, key=attrgetter("number"))

    def _first_ns(self) -> int:
        """When the next look is; entries that are too early are put right."""
        while self._agenda:
            at_ns, number = self._agenda[0]
            case = self._numbered[number]
            if at_ns == case.listed_ns == case.next_ns:
                return at_ns
            heappop(self._agenda)
            if at_ns == case.listed_ns:
                case.listed_ns = _NEVER
                self._list(case)
        return _NEVER

    def _list(self, case: _Case) -> None:
        """Put it where it is found when it is to be looked at; where it stands too early it is found anyhow."""
        if (next_ns := case.next_ns) < case.listed_ns:
            case.listed_ns = next_ns
            heappush(self._agenda, (next_ns, case.number))

    def _feed_own(self, event: AnyEvent) -> None:
        match event:
            case LoopLag():
                self._own.lag(event)
            case ClockJump():
                self._own.jump(event)
            case SamplesDropped():
                self.miss_samples()
            case ProbeLost():
                for case in self._cases.values():
                    case.evidence.lose()
        if self._next_ns == _NEVER and self._cases:
            self._next_ns = event.at_ns

    def _host(self, config: EndpointConfig) -> HostRecord:
        name = urlsplit(config.url).hostname or f"endpoint {config.name}"
        return self._hosts.setdefault(name, HostRecord(name))

    def _withdraw(self, case: _Case) -> None:
        at_ns, name = max(0, case.looked_ns), case.config.name
        standing = case.findings.said.findings
        why = "another endpoint has this name now."
        self._changes += [FindingWithdrawn(at_ns=at_ns, endpoint=name, rule=one.rule, reason=why) for one in standing]
