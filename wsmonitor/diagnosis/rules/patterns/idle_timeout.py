"""Connections end after the same silence: something on the path, or the server, hangs up on the quiet.

Where every silence equals the life, a lifetime limit fits as well, and the confidence says so.
"""

from collections.abc import Callable

from wsmonitor.diagnosis.advice import heartbeat_interval_ns
from wsmonitor.diagnosis.clusters import MIN_SAMPLES
from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import SETTLED_NS, Evidence
from wsmonitor.diagnosis.findings import LEAST_CONFIDENCE, Confidence, EvidenceRow, share_exclusivity, support
from wsmonitor.diagnosis.rules.candidates import may_be_timed
from wsmonitor.diagnosis.rules.known_limits import hint
from wsmonitor.diagnosis.rules.patterns.idle_limits import (
    LEAST_NS,
    SURVIVED_FACTOR,
    Direction,
    IdleLimit,
    find,
    is_outlasted,
    silence_ns,
    unanswered,
)
from wsmonitor.diagnosis.rules.rows import at, closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, Match, Rule, TooFew
from wsmonitor.tables.path_timeouts import Kind
from wsmonitor.text.units import duration

_AMBIGUOUS: dict[Direction, float] = {"both": 0.7, "rx": 0.6, "tx": 0.45, "data": 0.45}
"""How sure at most where the silence is as long as the life. With nothing said at all an idle timeout is the
commoner; where one side did speak, timers that hear only the other one are rarer."""

_OR_AGE = ", or a lifetime limit of that length"
_WHOSE: dict[Direction, str] = {
    "both": "a byte in either direction",
    "rx": "a byte from the server",
    "tx": "a byte from this side",
    "data": "a message from this side (pings do not count)",
}
_KINDS: dict[Direction, frozenset[Kind]] = {
    "both": frozenset({"idle", "idle_tx"}),
    "rx": frozenset(),
    "tx": frozenset({"idle_tx"}),
    "data": frozenset({"idle_tx"}),
}
"""Which known timers would have fired: those that any byte resets would not while one side went on."""


def confidence(limit: IdleLimit) -> Confidence:
    """How sure it is that this silence ends connections; less where it is as long as the lives."""
    supported, spread = support(len(limit.members)), limit.cluster.closeness * limit.cluster.certainty
    exclusivity = share_exclusivity(len(limit.members), limit.candidates)
    if limit.is_age_as_well:
        exclusivity *= min(1.0, _AMBIGUOUS[limit.direction] / (supported * spread * exclusivity))
    return Confidence(support=supported, spread=spread, exclusivity=exclusivity)


def judge(evidence: Evidence) -> Judgement:
    limit = find(evidence)
    if limit is None:
        return _too_few(evidence)
    if _is_prevented(evidence, limit):
        return None
    sure = confidence(limit)
    if sure.value < LEAST_CONFIDENCE:
        return None
    shown, seconds = duration(limit.limit_ns), limit.limit_ns / 1e9
    return Match(
        sentence=f"Connections end after {shown} without {_WHOSE[limit.direction]}: "
        f"an idle timeout on the path or in the server{_OR_AGE if limit.is_age_as_well else ''}.",
        confidence=sure,
        evidence=closure_rows(limit.members, _silences_of(limit)),
        counter_evidence=_doubts(limit),
        fix=_fix(limit, shown) + hint(seconds, _KINDS[limit.direction]),
        explains=frozenset(record.serial for record in limit.members),
        limit_ns=limit.limit_ns,
    )


def _is_prevented(evidence: Evidence, limit: IdleLimit) -> bool:
    """True if our heartbeat is quick enough by now, and a connection has outlived the limit by far with it."""
    interval_ns = heartbeat_interval_ns(evidence.config)
    if limit.direction == "data" or interval_ns is None or interval_ns > limit.limit_ns / 2:
        return False
    newest_ns = max(record.closed_ns for record in limit.members)
    patience_ns = max(SETTLED_NS, 3 * limit.limit_ns)
    return any(one.opened_ns >= newest_ns and one.age_ns(evidence.now_ns) > patience_ns for one in evidence.unharmed)


def _silences(record: ConnectionRecord) -> str:
    assert record.verdict is not None
    return f"silent: server {duration(record.verdict.silence_rx_ns)}, we {duration(record.verdict.silence_tx_ns)}"


def _silences_of(limit: IdleLimit) -> Callable[[ConnectionRecord], str]:
    if limit.direction != "data":
        return _silences
    return lambda record: f"our last message {duration(silence_ns(record, 'data'))} before, pings went on"


def _doubts(limit: IdleLimit) -> tuple[EvidenceRow, ...]:
    rows = []
    newest = limit.members[-1]
    if limit.is_age_as_well:
        text = "the silences are as long as the lives: traffic would tell this from a lifetime limit"
        rows.append(at(newest, newest.closed_ns, text))
    if limit.candidates > len(limit.members):
        text = f"{limit.candidates - len(limit.members)} of {limit.candidates} endings do not fit"
        rows.append(at(newest, newest.closed_ns, text))
    return tuple(rows)


def _fix(limit: IdleLimit, shown: str) -> str:
    if limit.direction == "data":
        return (
            f"Send a message of the application, such as its own heartbeat, at least every "
            f"{_half(limit.limit_ns)}: pings do not keep these connections. Or raise the limit of {shown}."
        )
    if limit.direction == "rx":
        return (
            f"Make the server send something at least every {_half(limit.limit_ns)}; our pings help as far "
            "as it answers them. Or raise the timeout of what waits for its bytes."
        )
    return f"Send a heartbeat at least every {_half(limit.limit_ns)}, or raise the limit of {shown}."


def _half(limit_ns: int) -> str:
    """Half of the limit in two digits: an exact number would pretend to be one."""
    half_ns = limit_ns // 2
    step_ns = 10 ** max(0, len(str(half_ns)) - 2)
    return duration(half_ns // step_ns * step_ns)


def _too_few(evidence: Evidence) -> TooFew | None:
    quiet = [record for record in unanswered(evidence) if silence_ns(record, "both") >= LEAST_NS]
    if not 0 < len(quiet) < MIN_SAMPLES or evidence.ended[-1] is not quiet[-1]:
        return None
    limit_ns = silence_ns(quiet[-1], "both")
    if any(record.survived_both.longest_ns > SURVIVED_FACTOR * limit_ns for record in evidence.all_records):
        return None
    if is_outlasted(evidence, "both", limit_ns, quiet[0].opened_ns):
        return None
    return TooFew(have=len(quiet), need=MIN_SAMPLES, evidence=closure_rows(quiet, _silences))


RULE = Rule(
    id="idle_timeout",
    title="idle timeout",
    severity="problem",
    judge=judge,
    source="nginx.org, WebSocket proxying; AWS ALB idle timeout",
    reads="silences before closures, by direction, and silences that were survived",
    samples=MIN_SAMPLES,
    endings=may_be_timed,
)
