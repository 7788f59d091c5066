"""Rules that read a stated code have one shape: the closures with it, and words about them."""

from collections.abc import Callable, Sequence

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, share_exclusivity, stated_support
from wsmonitor.diagnosis.rules.rows import closure_rows
from wsmonitor.diagnosis.rules.rule import Match


def code_match(
    evidence: Evidence,
    records: Sequence[ConnectionRecord],
    *,
    sentence: str,
    fix: str,
    detail: Callable[[ConnectionRecord], str] = lambda _: "",
    doubt: float = 1.0,
) -> Match:
    """The match of a rule that reads what Close frames said."""
    others = [record for record in evidence.unexplained if record.closed_ns >= records[0].closed_ns]
    return Match(
        sentence=sentence,
        confidence=Confidence(
            support=stated_support(len(records)), exclusivity=doubt * share_exclusivity(len(records), len(others))
        ),
        evidence=closure_rows(records, detail),
        fix=fix,
        explains=frozenset(record.serial for record in records),
    )
