"""A proxy answers that the service behind it is not there: 502, 503, 504, and Cloudflare's 520 to 524 and 530."""

from wsmonitor.diagnosis.evidence import Evidence, Failure
from wsmonitor.diagnosis.rules.openings.failed_openings import failing, opening_match
from wsmonitor.diagnosis.rules.ourselves.wanted_slower import asks_to_slow_down
from wsmonitor.diagnosis.rules.rows import failure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rule, TooFew
from wsmonitor.facts.events import OpenFailed
from wsmonitor.text.units import duration

NEED = 3
_LASTS_NS = 3_000_000_000
STATUSES = frozenset({502, 503, 504, 520, 521, 522, 523, 524, 530})


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, _is_down)
    if not failures:
        return None
    if len(failures) < NEED and not _lasts(evidence, failures):
        return TooFew(have=len(failures), need=NEED, evidence=failure_rows(failures))
    statuses = sorted({str(failure.event.status) for failure in failures})
    told_ns = failures[-1].event.retry_after_ns
    got = f"{len(failures)} openings got HTTP {', '.join(statuses)}"
    wait = f" It asks to come back after {duration(told_ns)}." if told_ns else ""
    return opening_match(
        evidence,
        failures,
        sentence=f"The service is down behind its proxy: {got}.{wait}",
        past=f"The service was down behind its proxy: {got}.",
        fix="Look at the service itself: a deployment, a crash, a failing health check, no free worker. The proxy "
        "in front of it answers.",
    )


def _lasts(evidence: Evidence, failures: list[Failure]) -> bool:
    """True if nothing opened since the first of two or more, for a while: a proxy may take its time to say so."""
    opened_ns = evidence.last_opened_ns or 0
    return len(failures) > 1 and opened_ns < failures[0].at_ns <= evidence.now_ns - _LASTS_NS


def _is_down(event: OpenFailed) -> bool:
    return event.status in STATUSES and not asks_to_slow_down(event)


RULE = Rule(
    id="upstream_down",
    title="upstream down",
    judge=judge,
    source="RFC 9110, 15.6.3 to 15.6.5 and 10.2.3 (Retry-After); Cloudflare, 5xx errors 520 to 530",
    reads="status of the answer to the upgrade",
    samples=NEED,
    openings=_is_down,
    look_alikes=(
        LookAlike("connection_limit", "no other connection of the endpoint was open then"),
        LookAlike("handshake_refused", "the status is one of a proxy without its service"),
    ),
)
