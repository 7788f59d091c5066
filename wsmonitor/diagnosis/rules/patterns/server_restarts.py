"""The server, or its proxy, goes away and comes back again and again: each time everything ends, and openings fail.

An opening that fails right after an end tells a restart from a limit: a limit leaves the server there. So does Close
1012, and so do connections that opened at different times and end in one moment.
"""

from itertools import pairwise

from msgspec import Struct

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence, Failure
from wsmonitor.diagnosis.findings import Confidence, support
from wsmonitor.diagnosis.rules.candidates import MOMENT_NS, may_be_timed, those
from wsmonitor.diagnosis.rules.openings import upstream_down
from wsmonitor.diagnosis.rules.rows import closure_rows, failure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rival, Rule
from wsmonitor.diagnosis.rules.timers.clocked_endings import clock_of
from wsmonitor.facts.events import OpenFailed
from wsmonitor.text.units import duration

NEED = 2
_SHARE = 0.5
_REGULAR = 0.15
_SURE, _TOGETHER = 0.95, 0.7
_OR_AGE, _BY_PROXY = 0.8, 0.65
_TAKES_ALONG = Rival(
    "lifetime_limit", "the oldest was of one age each time: what ends it may take the server along", "idle"
)
_STEADIER = 0.3
_SAME_AGE, _SAME_AGE_NS = 0.005, 50_000_000
_GONE_NS = 10_000_000_000
_OPENED_APART_NS, _CLOSER = 100_000_000, 3
"""They opened so far apart, beyond some times what lies between their ends."""
_LIVED_NS = 1_000_000_000
_SAYS_LITTLE = frozenset({None, 1001, 1012})
"""A process that goes says this, or nothing; what its program says is of its program."""


class _Moment(Struct):
    """Connections that ended together, and the openings that failed before the next one worked."""

    records: list[ConnectionRecord]
    failures: list[Failure]
    survivors: int
    gone_ns: int = 0
    """Until the next connection opened."""

    @property
    def at_ns(self) -> int:
        return self.records[0].ended_ns

    @property
    def life_ns(self) -> int:
        """How old the oldest became."""
        return max(one.life_ns for one in self.records)

    @property
    def is_refused(self) -> bool:
        """Nothing took an opening for a moment, or the server said that it restarts."""
        return bool(self.failures) or any(one.verdict and one.verdict.received_code == 1012 for one in self.records)

    @property
    def is_absent(self) -> bool:
        """Nothing listened for a moment: no proxy says so, and no limit leaves a port without its server."""
        return any(one.event.phase == "tcp" for one in self.failures)

    @property
    def is_together(self) -> bool:
        """All that was open ended, though it had been opened at different times."""
        opened, ended = [one.opened_ns for one in self.records], [one.ended_ns for one in self.records]
        apart_ns = max(opened) - min(opened) - _CLOSER * (max(ended) - min(ended))
        bare = all(one.verdict and one.verdict.received_code in _SAYS_LITTLE for one in self.records)
        lived = min(one.life_ns for one in self.records) > _LIVED_NS
        return bare and lived and not self.survivors and len(opened) > 1 and apart_ns > _OPENED_APART_NS


def judge(evidence: Evidence) -> Judgement:
    moments = _moments(evidence)
    steps = [later.at_ns - earlier.at_ns for earlier, later in pairwise(moments)]
    shown = [one for one in moments if one.is_refused and not one.survivors]
    together = [one for one in moments if one.is_refused or one.is_together]
    enough = max(NEED, _SHARE * len(moments))
    told, sure = (shown, _SURE) if len(shown) >= enough else (together, _TOGETHER)
    if len(moments) < NEED or not told:
        return None
    if told is together and clock_of([one.records[0] for one in moments]) is not None:
        return None  # a clock, of which a restart is one sort
    if len(told) < enough:
        if len(moments) <= NEED or not _is_regular(steps) or 2 * _spread(steps) > _spread(_lives(moments)):
            return None
        told, sure = moments, _TOGETHER  # all keep time with those that show it
    is_age = _is_age(moments)
    if is_age and not all(one.is_absent for one in told):
        return None
    every = _every(steps)
    records = [record for one in moments for record in one.records]
    failures = [one for one in evidence.unexplained_failures if one.at_ns > moments[0].at_ns and _is_absence(one.event)]
    opened_ns = max((one.opened_ns for one in evidence.all_records), default=0)
    is_gone = bool(failures) and failures[-1].at_ns > opened_ns and not evidence.live
    if is_gone and failures[-1].at_ns - opened_ns > max(_GONE_NS, 2 * max(steps, default=0)):
        return None  # this time it did not come back, as far as we tried
    rows = sorted(closure_rows(records) + failure_rows(failures), key=lambda row: row.at_ns, reverse=True)
    what = "everything that was open ended at once" if len(records) > len(moments) else "the connection ended"
    said = " with Close 1012" if all(one.verdict and one.verdict.received_code == 1012 for one in records) else ""
    return Match(
        sentence=f"The server, or its proxy, restarts{every}: {len(moments)} times {what}{said}"
        f"{_until_back(moments) if failures else ''}.",
        confidence=Confidence(
            support=support(len(told) + 2),
            exclusivity=sure * (_OR_AGE if is_age else 1.0) * _word_of(told) * len(told) / len(moments),
        ),
        rivals=(_TAKES_ALONG,) if is_age else (),
        evidence=tuple(rows[:6]),
        fix="Look for what restarts it: a crash loop, a supervisor or health check that kills it, memory, a "
        "deployment. Drain connections before a restart that is meant (Close 1012), and spread reconnects.",
        explains=frozenset([one.serial for one in records] + [one.serial for one in failures]),
    )


def _until_back(moments: list[_Moment]) -> str:
    refusing = sum(bool(one.failures) for one in moments)
    after = f" after {refusing} of them" if 0 < refusing < len(moments) else ""
    return f", and openings failed{after} until it was back"


def _word_of(told: list[_Moment]) -> float:
    """Less where only a proxy said that nothing was there: it says so of one request among many as well."""
    is_by_proxy = any(one.failures for one in told) and not any(one.is_absent for one in told)
    return _BY_PROXY if is_by_proxy else 1.0


def _is_age(moments: list[_Moment]) -> bool:
    """True if the oldest was of one age each time, more closely than our redialling would let a restart have it."""
    lives = _lives(moments)
    allowed_ns = max(_SAME_AGE_NS, round(_SAME_AGE * max(lives)))
    return _spread(lives) < min(allowed_ns, _STEADIER * _spread([one.gone_ns for one in moments]))


def _lives(moments: list[_Moment]) -> list[int]:
    return [one.life_ns for one in moments]


def _spread(values: list[int]) -> int:
    return max(values) - min(values)


def _every(steps: list[int]) -> str:
    if not steps:
        return ""
    middle = sorted(steps)[len(steps) // 2]
    return f" every {duration(middle)}" if _is_regular(steps) else " again and again"


def _is_regular(steps: list[int]) -> bool:
    middle = sorted(steps)[len(steps) // 2]
    return all(abs(step - middle) <= _REGULAR * middle for step in steps)


def _moments(evidence: Evidence) -> list[_Moment]:
    records = sorted(those(evidence.unexplained, may_be_timed), key=lambda one: one.ended_ns)
    moments: list[_Moment] = []
    for record in records:
        slots = {one.slot for one in moments[-1].records} if moments else set[int]()
        if moments and record.slot not in slots and record.ended_ns - moments[-1].at_ns <= 2 * MOMENT_NS:
            moments[-1].records.append(record)
        else:
            moments.append(_Moment([record], [], 0))
    opened = sorted(one.opened_ns for one in evidence.all_records)
    for moment in moments:
        back_ns = next((at_ns for at_ns in opened if at_ns > moment.at_ns), evidence.now_ns + 1)
        moment.gone_ns = back_ns - moment.at_ns
        moment.failures = [one for one in evidence.failures
                           if moment.at_ns < one.at_ns < back_ns and _is_absence(one.event)]  # fmt: skip
        moment.survivors = sum(
            one.opened_ns < moment.at_ns - MOMENT_NS
            and one.opened_ns + one.age_ns(evidence.now_ns) > moment.at_ns + 4 * MOMENT_NS
            and one not in moment.records
            for one in evidence.all_records
        )  # fmt: skip
    last_ns = max((one.opened_ns for one in evidence.all_records), default=0)
    return [one for one in moments if last_ns > one.at_ns]  # what never came back is no restart


def _is_absence(event: OpenFailed) -> bool:
    """True where nothing was there to answer: refused, ended, or a proxy that says so."""
    if event.phase == "tcp":
        return "refused" in event.error.lower()
    return event.phase == "http" and (event.status is None or event.status in upstream_down.STATUSES)


RULE = Rule(
    id="server_restarts",
    title="restarts again and again",
    judge=judge,
    source="IANA 1012 Service Restart",
    reads="moments at which everything ended, and openings that failed right after",
    samples=NEED,
    endings=may_be_timed,
    look_alikes=(
        LookAlike("lifetime_limit", "openings failed right after, or everything ended together"),
        LookAlike("upstream_down", "it came back each time"),
        LookAlike("shared_outage", "it happened more than once"),
    ),
)
