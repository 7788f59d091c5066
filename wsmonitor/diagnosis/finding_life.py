"""What becomes of findings: why one stands no more, when it may be stated again, and which ends it explains."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence, Failure
from wsmonitor.diagnosis.finding_words import title_of
from wsmonitor.diagnosis.findings import Confidence, Finding, HowItEnded, PastFinding, Pending, Place
from wsmonitor.diagnosis.rules.rule import Rule
from wsmonitor.facts.earlier import EarlierFinding, KnownEarlier
from wsmonitor.text.units import duration
from wsmonitor.text.wording.closure_words import closure_words

PAST, PAST_LEARNT = 12, 4
"""So many are kept; of those that were only learnt fewer, so that they push out none that stood."""
EXPLAINED = 5_000
"""So many ends keep the name of what explains them; the oldest go first."""
_OUTLIVED = 1.5
_PASSED = "not seen any more."


class FindingLife:
    """The past of one endpoint's findings."""

    def __init__(self) -> None:
        self.past: tuple[PastFinding, ...] = ()
        self.explained: Mapping[Place, str] = MappingProxyType({})
        self._newest: dict[str, int] = {}
        """Rule -> the time of the newest end that its finding explained."""

    def know_earlier(self, event: KnownEarlier) -> None:
        """What was found before the events begin; rules that find it again take its place."""
        known = {_sort(past) for past in self.past}
        earlier = [past for one in event.findings if _sort(past := _past(one, event)) not in known]
        self.past = (*self.past, *earlier)[:PAST]

    def may_be_stated(self, rule: str, evidence: Evidence, serials: frozenset[int]) -> bool:
        """False for a resolved finding while nothing happened that it would explain anew."""
        if not any(past.finding.rule == rule and past.how == "resolved" for past in self.past):
            return True
        newest = newest_ns(evidence, serials)
        return newest is None or newest > self._newest.get(rule, -1)

    def states(self, stated: Iterable[str], evidence: Evidence) -> None:
        """These rules have findings now: remember what they explain, and that they are no past."""
        standing = set(stated)
        named = {place: rule for place, rule in _claimed(evidence) if rule in standing}
        for (_, at_ns), rule in named.items():
            self._newest[rule] = max(at_ns, self._newest.get(rule, at_ns))
        if any(self.explained.get(place) != rule for place, rule in named.items()):
            merged = {**self.explained, **named}
            for place in list(merged)[: max(0, len(merged) - EXPLAINED)]:
                del merged[place]
            self.explained = MappingProxyType(merged)
        if any(past.finding.rule in standing for past in self.past):
            self.past = tuple(past for past in self.past if past.finding.rule not in standing)

    def ends(
        self, finding: Finding, evidence: Evidence, now_ns: int, *, refuted: str = "", is_of_now: bool = False
    ) -> PastFinding:
        """A finding stands no more. Ends that it explained keep it, unless what is known now speaks against it.

        `refuted` is what was measured that does. What was true of open connections then (`is_of_now`) has passed.
        """
        how, reason = self._why(finding, evidence, now_ns, refuted)
        if is_of_now and not refuted and finding.rule not in self._newest:
            how, reason = "resolved", _PASSED
        newest_ns = self._newest.get(finding.rule)
        past = PastFinding(finding=finding, how=how, at_ns=now_ns, reason=reason, newest_ns=newest_ns)
        self._keep(past)
        if how == "withdrawn":
            known = set(_remembered(evidence))
            kept = {place: rule for place, rule in self.explained.items() if rule != finding.rule or place not in known}
            self.explained = MappingProxyType(kept)
        return past

    def stops_learning(self, rule: Rule, finding: Finding, evidence: Evidence, now_ns: int) -> PastFinding:
        """What was learnt as `finding` fits no more, before it was ever stated."""
        reason = _no_longer_fits(rule, finding, evidence, now_ns)
        past = PastFinding(finding=finding, how="withdrawn", at_ns=now_ns, reason=reason)
        self._keep(past)
        return past

    def _keep(self, past: PastFinding) -> None:
        """In place of what was kept of the same rule, which stood as well or was only learnt as well."""
        kept = [past, *(one for one in self.past if _sort(one) != _sort(past))]
        spare = [one for one in kept if one.is_learnt][PAST_LEARNT:]
        self.past = tuple([one for one in kept if one not in spare][:PAST])

    def _why(self, finding: Finding, evidence: Evidence, now_ns: int, refuted: str) -> tuple[HowItEnded, str]:
        if refuted:
            return "withdrawn", refuted
        newest_ns = self._newest.get(finding.rule)
        if newest_ns is None:
            return "withdrawn", "what was seen since does not support it."
        places = {place for place, rule in self.explained.items() if rule == finding.rule}
        taken = sum(place in places for place, rule in _claimed(evidence) if rule != finding.rule)
        if 2 * taken > sum(place in places for place in _remembered(evidence)):
            return "withdrawn", "another finding explains the same ends better."
        since = [change for change in evidence.changes if change[0] >= newest_ns]
        survivor = _survivor(evidence, newest_ns, now_ns)
        if since:
            return "resolved", f"no such end since {since[-1][1]}."
        if finding.limit_ns is not None:
            if survivor is None or survivor.age_ns(now_ns) <= finding.limit_ns:
                return "withdrawn", "what was seen since does not fit the limit."
            age = duration(survivor.age_ns(now_ns))
            return "withdrawn", f"connection #{survivor.connection} was not ended by the limit: open for {age}."
        if survivor is not None or not evidence.ended or evidence.ended[-1].closed_ns <= newest_ns:
            return "resolved", "no such end any more."
        return "withdrawn", "newer ends do not fit it."


def _sort(past: PastFinding) -> tuple[str, bool]:
    """Of each there is one: what a rule stated last, and what it was learning last."""
    return past.finding.rule, past.is_learnt


def _no_longer_fits(rule: Rule, finding: Finding, evidence: Evidence, now_ns: int) -> str:
    """What speaks against a cause that was only learnt: a better one, another end, a longer life."""
    places = {(row.slot, row.at_ns) for row in finding.evidence}
    if better := next((other for place, other in _claimed(evidence) if place in places), ""):
        return f"“{title_of(better)}” explains the same ends."
    fitting = [one for one in evidence.ended if (one.slot, one.closed_ns) in places]
    newest = evidence.ended[-1] if fitting else None
    if newest is not None and newest.verdict is not None and newest not in fitting:
        if rule.measure is None:
            return f"the newest end is another: {closure_words(newest.verdict, newest.codes)}."
        what, measured = rule.measure
        return f"{what} of {', '.join(map(measured, fitting))} and {measured(newest)}."
    survivor = None if newest is None else _survivor(evidence, newest.closed_ns, now_ns)
    if survivor is None:
        return "what was seen since does not support it."
    return f"connection #{survivor.connection} is open for {duration(survivor.age_ns(now_ns))}."


def newest_ns(evidence: Evidence, serials: frozenset[int]) -> int | None:
    """The time of the last of these ends; None where none is remembered."""
    return max((at_ns for _, at_ns in _places(evidence, serials)), default=None)


def _past(one: EarlierFinding, event: KnownEarlier) -> PastFinding:
    finding = Finding(
        rule=one.rule,
        endpoint=event.endpoint,
        severity=one.severity,
        confidence=Confidence(support=min(1.0, max(0.0, one.confidence))),
        sentence=one.summary,
        evidence=(),
        counter_evidence=(),
        fix=one.fix,
        since_ns=event.at_ns,
        limit_ns=one.limit_ns,
        pending=None if one.learnt is None else Pending(have=one.learnt[0], need=one.learnt[1]),
    )
    if one.how != "stated":
        return PastFinding(finding=finding, how=one.how, at_ns=event.at_ns, reason=one.reason)
    return PastFinding(finding=finding, how="earlier", at_ns=event.at_ns, reason="found before this recording begins.")


def _survivor(evidence: Evidence, newest_ns: int, now_ns: int) -> ConnectionRecord | None:
    """A connection that began after the last explained end and lived longer than those that ended before."""
    longest_ns = max((record.life_ns for record in evidence.ended if record.closed_ns <= newest_ns), default=0)
    return next(
        (
            record
            for record in evidence.unharmed
            if record.opened_ns >= newest_ns and record.age_ns(now_ns) > _OUTLIVED * longest_ns
        ),
        None,
    )


def _claimed(evidence: Evidence) -> list[tuple[Place, str]]:
    """Every end that a rule explains at this look."""
    claimed = evidence.claimed
    records = [((one.slot, one.closed_ns), claimed[one.serial]) for one in evidence.ended if one.serial in claimed]
    failures = [((one.slot, one.at_ns), claimed[one.serial]) for one in evidence.failures if one.serial in claimed]
    return records + failures


def _remembered(evidence: Evidence) -> list[Place]:
    """Every end that is known still."""
    ends = [(record.slot, record.closed_ns) for record in evidence.ended]
    return ends + [(failure.slot, failure.at_ns) for failure in evidence.failures]


def _places(evidence: Evidence, serials: frozenset[int]) -> list[Place]:
    ends: list[ConnectionRecord | Failure] = [*evidence.ended, *evidence.failures]
    return [
        (one.slot, one.at_ns if isinstance(one, Failure) else one.closed_ns) for one in ends if one.serial in serials
    ]
