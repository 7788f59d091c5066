"""Runs the rules over one endpoint's evidence and keeps what they say: stated, updated, withdrawn.

A rule that raises is reported once in the log and skipped from then on; its findings are withdrawn.
"""

import logging
from collections.abc import Sequence

from msgspec import structs

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import RECORDS, Evidence, Failure
from wsmonitor.diagnosis.finding_life import FindingLife, newest_ns
from wsmonitor.diagnosis.findings import (
    NONE_YET,
    Confidence,
    Considered,
    Diagnosed,
    EvidenceRow,
    Finding,
    FindingChange,
    FindingStated,
    FindingWithdrawn,
    Pending,
)
from wsmonitor.diagnosis.measured import Measured, Word
from wsmonitor.diagnosis.rules.rule import Match, Rule, TooFew
from wsmonitor.facts.earlier import KnownEarlier
from wsmonitor.text.wording.viewpoint import of_your_client

log = logging.getLogger(__name__)


class Findings:
    """The findings of one endpoint, most urgent first."""

    def __init__(self, endpoint: str, rules: Sequence[Rule]) -> None:
        self.said = Diagnosed()
        self._life = FindingLife()
        self._endpoint = endpoint
        self._rules = rules
        self._broken: set[str] = set()
        self._by_id = {rule.id: rule for rule in rules}
        self._always = frozenset(rule.id for rule in rules if rule.is_always_asked)
        self._needing = [
            (needs, frozenset(rule.id for rule in rules if rule.needs is needs))
            for needs in {rule.needs for rule in rules if rule.needs is not None}
        ]
        self._concerned: dict[int, frozenset[str]] = {}
        self._refuted: dict[str, str] = {}
        """Rule -> what was measured that speaks against what it found at this look."""

    @property
    def claims(self) -> set[str]:
        """Which rules have a finding that is not pending."""
        return {finding.rule for finding in self.said.findings if finding.pending is None}

    def know_earlier(self, event: KnownEarlier) -> None:
        """Keep what was found before the recording began, until it is found again."""
        self._life.know_earlier(event)
        self.said = Diagnosed(self.said.findings, self._life.past, self._life.explained)

    def look(self, evidence: Evidence, now_ns: int) -> list[FindingChange]:
        """Run every rule; what appeared, changed in what it says, or does not hold any more."""
        evidence.begin(now_ns)
        self._refuted.clear()
        before = {finding.rule: finding for finding in self.said.findings}
        after: list[Finding] = []
        asked = self._asked(evidence)
        if not asked and not before:
            return []
        for rule in self._rules:
            if rule.id not in asked:
                continue
            finding = self._judged(rule, evidence, before.get(rule.id))
            if finding is not None:
                after.append(finding)
        after.sort(key=lambda finding: finding.rank)
        changes: list[FindingChange] = [
            FindingStated(at_ns=now_ns, endpoint=self._endpoint, connection=_connection(finding), finding=finding)
            for finding in after
            if before.pop(finding.rule, None) is not finding
        ]
        stands = {finding.rule for finding in after if finding.pending is None}
        for finding in self.said.findings:
            if finding.pending is None and finding.rule not in stands:
                refuted, is_of_now = self._refuted.get(finding.rule, ""), self._by_id[finding.rule].is_of_now
                self._life.ends(finding, evidence, now_ns, refuted=refuted, is_of_now=is_of_now)
        self._life.states(stands, evidence)  # last: whose ends others explain now is known only before
        changes += [self._withdrawn(finding, evidence, now_ns) for finding in before.values()]
        life = self._life
        if changes or life.past is not self.said.past or life.explained is not self.said.explained:
            self.said = Diagnosed(tuple(after), life.past, life.explained)
        return changes

    def _withdrawn(self, finding: Finding, evidence: Evidence, now_ns: int) -> FindingWithdrawn:
        past = next((one for one in self._life.past if one.finding is finding), None)
        if past is None:  # it was only learnt
            past = self._life.stops_learning(self._by_id[finding.rule], finding, evidence, now_ns)
        return FindingWithdrawn(
            at_ns=now_ns, endpoint=self._endpoint, rule=finding.rule, how=past.how, reason=past.reason
        )

    def _asked(self, evidence: Evidence) -> set[str]:
        """The rules that have something to look at."""
        known = self._concerned
        remembered: list[ConnectionRecord | Failure] = [*evidence.ended, *evidence.failures]
        for one in remembered:
            if one.serial not in known:
                known[one.serial] = self._concerns(one)
        if len(known) > 2 * len(remembered) + RECORDS:
            self._concerned = known = {one.serial: known[one.serial] for one in remembered}
        of_now = [rules for needs, rules in self._needing if needs(evidence)]
        return set(self._always).union(*of_now, *[known[one.serial] for one in remembered])

    def _concerns(self, one: ConnectionRecord | Failure) -> frozenset[str]:
        """The rules for which an ended connection or a failed opening counts."""
        return frozenset(rule.id for rule in self._rules if self._is_concerned(rule, one))

    def _is_concerned(self, rule: Rule, one: ConnectionRecord | Failure) -> bool:
        try:
            if isinstance(one, Failure):
                return rule.openings is not None and rule.openings(one.event)
            return rule.endings is not None and one.verdict is not None and rule.endings(one.verdict)
        except Exception:
            self._break(rule)
            return False

    def _break(self, rule: Rule) -> None:
        log.exception("rule %s is broken and left out from now on", rule.id)
        self._broken.add(rule.id)

    def _judged(self, rule: Rule, evidence: Evidence, before: Finding | None) -> Finding | None:
        if rule.id in self._broken:
            return None
        try:
            verdict = rule.judge(evidence)
        except Exception:
            self._break(rule)
            return None
        if verdict is None:
            return None
        if isinstance(verdict, Match):
            newest = newest_ns(evidence, verdict.explains) or evidence.now_ns
            word = evidence.measured.says(rule.id, verdict.limit_ns, newest)
            if word is not None and not word.speaks_for:
                self._refuted[rule.id] = f"{word.text}."
                return None
            evidence.claim(verdict.explains, rule.id)
            if not self._life.may_be_stated(rule.id, evidence, verdict.explains):
                return None
            if rule.is_settled_by_age and verdict.limit_ns is None and evidence.is_over(verdict.explains):
                return None
        finding = self._finding(rule, verdict, before)
        if evidence.config.is_tap:
            finding = _of_your_client(finding)
        if isinstance(verdict, Match):
            finding = _decided(finding, evidence.measured, newest)
        return before if before is not None and _same(before, finding) else finding

    def _finding(self, rule: Rule, verdict: Match | TooFew, before: Finding | None) -> Finding:
        oldest_ns = min((row.at_ns for row in verdict.evidence), default=0)
        was_the_same = before is not None and (before.pending is None) == isinstance(verdict, Match)
        since_ns = min(before.since_ns, oldest_ns) if before is not None and was_the_same else oldest_ns
        if isinstance(verdict, TooFew):
            return Finding(
                rule=rule.id,
                endpoint=self._endpoint,
                severity="info",
                confidence=NONE_YET,
                sentence=f"Not enough evidence yet for “{rule.title}”: {verdict.have} of {verdict.need}.",
                evidence=verdict.evidence,
                counter_evidence=(),
                fix="Keep watching.",
                since_ns=since_ns,
                pending=Pending(have=verdict.have, need=verdict.need),
            )
        return Finding(
            rule=rule.id,
            endpoint=self._endpoint,
            severity=rule.severity,
            confidence=verdict.confidence,
            sentence=verdict.sentence,
            evidence=verdict.evidence,
            counter_evidence=verdict.counter_evidence,
            fix=verdict.fix,
            since_ns=since_ns,
            limit_ns=verdict.limit_ns,
            also_considered=_considered(rule, verdict),
        )


def _considered(rule: Rule, match: Match) -> tuple[Considered, ...]:
    """The look-alikes of a rule: first those that the match leaves possible, then what rules out the others."""
    open_ = [
        Considered(rule=one.rule, ruled_out=False, because=one.because, experiment=one.experiment)
        for one in match.rivals
    ]
    named = {one.rule for one in match.rivals} | {one.rule for one in match.ruled_out}
    others = [*match.ruled_out, *(one for one in rule.look_alikes if one.rule not in named)]
    return (*open_, *(Considered(rule=one.rule, ruled_out=True, because=one.ruled_out_by) for one in others))


def _decided(finding: Finding, measured: Measured, newest: int) -> Finding:
    """The finding with what was measured: as evidence for it, and as what rules its rivals out."""
    limit_ns = finding.limit_ns
    considered = [_settled(one, measured.says(one.rule, limit_ns, newest)) for one in finding.also_considered]
    settled = structs.replace(finding, also_considered=tuple(sorted(considered, key=lambda one: one.ruled_out)))
    word = measured.says(finding.rule, limit_ns, newest)
    if word is None:
        return settled
    return structs.replace(
        settled,
        basis="measured",
        sentence=f"{word.answer[:1].upper()}{word.answer[1:]}: measured.",
        fix=f"{word.advice[:1].upper()}{word.advice[1:]}." if word.advice else finding.fix,
        evidence=(EvidenceRow(text=word.text, at_ns=word.at_ns), *finding.evidence),
        confidence=Confidence(support=word.confidence),
    )


def _settled(one: Considered, word: Word | None) -> Considered:
    if word is None or word.speaks_for:
        return one
    return Considered(rule=one.rule, ruled_out=True, because=word.text)


def _of_your_client(finding: Finding) -> Finding:
    """A tap's finding: "we" are the user's client."""
    return structs.replace(
        finding,
        sentence=of_your_client(finding.sentence),
        fix=of_your_client(finding.fix),
        evidence=tuple([_row_of_your_client(row) for row in finding.evidence]),
        counter_evidence=tuple([_row_of_your_client(row) for row in finding.counter_evidence]),
        also_considered=tuple(
            [structs.replace(one, because=of_your_client(one.because)) for one in finding.also_considered]
        ),
    )


def _row_of_your_client(row: EvidenceRow) -> EvidenceRow:
    return structs.replace(row, text=of_your_client(row.text))


def _same(before: Finding, after: Finding) -> bool:
    """True if nothing that a reader would notice changed."""
    return before == after


def _connection(finding: Finding) -> int:
    return next((row.connection for row in finding.evidence if row.connection), 0)
