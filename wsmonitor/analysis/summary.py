"""What a run comes to, for each endpoint: the `summary` of the NDJSON contract, in integer nanoseconds."""

from msgspec import Struct

from wsmonitor.analysis.series.percentiles import RttSummary
from wsmonitor.diagnosis.findings import Finding, PastFinding
from wsmonitor.facts.events import HeartbeatKind, Verdict
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes


class EndpointSummary(Struct, frozen=True, kw_only=True):
    """One endpoint, all its slots together.

    `attempts` counts dials, `connections` those that opened, `failures` those that failed; `open_ns` adds
    up over slots. `rtt` has the kinds that saw a sample or a miss. `closures` holds the verdicts of the
    newest closures in order, `closures_total` counts all. `outbox_peak` is the deepest outbox of a slot.
    `findings` are those that stand at the end, most urgent first, `past` those that stood before; `codes` say
    what close codes mean here.
    """

    endpoint: str
    connections: int
    attempts: int
    failures: int
    open_ns: int
    rtt: dict[HeartbeatKind, RttSummary]
    closures: tuple[Verdict, ...]
    closures_total: int
    outbox_peak: int
    messages_sent: int
    messages_received: int
    findings: tuple[Finding, ...] = ()
    past: tuple[PastFinding, ...] = ()
    codes: CloseCodes = EVERYBODYS
