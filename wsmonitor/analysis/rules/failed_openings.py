"""Which failed openings still speak: of now, or of a fault that comes and goes.

An opening that worked since contradicts a failure unless failures go on; one that has stayed open for a
while settles it.
"""

from collections.abc import Callable

from wsmonitor.analysis.evidence import SETTLED_NS, Evidence, Failure
from wsmonitor.analysis.findings import Confidence, EvidenceRow, share_exclusivity, stated_support
from wsmonitor.analysis.rules.rows import failure_rows
from wsmonitor.analysis.rules.rule import Match
from wsmonitor.events import OpenFailed

_REMEMBERED_NS = 900_000_000_000


def failing(evidence: Evidence, holds: Callable[[OpenFailed], bool]) -> list[Failure]:
    """The unexplained failures of a sort that still matter, oldest first."""
    if not evidence.failures:
        return []
    newest_ns = evidence.failures[-1].at_ns
    settled = any(
        record.opened_ns > newest_ns and evidence.now_ns - record.opened_ns > SETTLED_NS for record in evidence.live
    )
    if settled or evidence.now_ns - newest_ns > _REMEMBERED_NS:
        return []
    return [failure for failure in evidence.unexplained_failures if holds(failure.event)]


def worked_since(evidence: Evidence, failures: list[Failure]) -> tuple[EvidenceRow, ...]:
    """Counter-evidence: an opening worked after the last of these."""
    opened_ns = evidence.last_opened_ns
    if opened_ns is None or opened_ns < failures[-1].at_ns:
        return ()
    return (EvidenceRow(text="an opening has worked since", at_ns=opened_ns),)


def opening_match(evidence: Evidence, failures: list[Failure], *, sentence: str, fix: str, doubt: float = 1.0) -> Match:
    """The match of a rule that reads a stated fact of failed openings."""
    counter = worked_since(evidence, failures)
    others = len(evidence.unexplained_failures)
    return Match(
        sentence=sentence,
        confidence=Confidence(
            support=stated_support(len(failures)),
            exclusivity=doubt * share_exclusivity(len(failures), others) * (0.8 if counter else 1.0),
        ),
        evidence=failure_rows(failures),
        counter_evidence=counter,
        fix=fix,
        explains=frozenset(failure.serial for failure in failures),
    )
