"""The client has a heartbeat, and it is too slow for the timer that ends its connections."""

from wsmonitor.diagnosis.clusters import MIN_SAMPLES
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import LEAST_CONFIDENCE
from wsmonitor.diagnosis.rules.candidates import may_be_timed
from wsmonitor.diagnosis.rules.rows import closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.diagnosis.rules.timers.heartbeat import interval_ns
from wsmonitor.diagnosis.rules.timers.idle_limits import RACE_TO, Direction, find, silence_ns
from wsmonitor.diagnosis.rules.timers.idle_timeout import confidence
from wsmonitor.text.units import duration

_WITHOUT: dict[Direction, str] = {
    "both": "a byte in either direction",
    "tx": "a byte from your client",
    "data": "a message from your client",
}


def judge(evidence: Evidence) -> Judgement:
    beat_ns = interval_ns(evidence) if evidence.config.is_tap else None
    limit = find(evidence) if beat_ns is not None else None
    if beat_ns is None or limit is None or limit.direction not in _WITHOUT or beat_ns <= RACE_TO * limit.limit_ns:
        return None
    sure = confidence(limit)
    if sure.value < LEAST_CONFIDENCE:
        return None
    return Match(
        sentence=f"Your client beats every {duration(beat_ns)}, and its connections end after "
        f"{duration(limit.limit_ns)} without {_WITHOUT[limit.direction]}: too rarely for that timer.",
        confidence=sure,
        evidence=closure_rows(
            limit.members, lambda record: f"silent for {duration(silence_ns(record, limit.direction))}"
        ),
        fix=f"Let the client beat at least every {duration(limit.limit_ns / 2)}, or raise the limit of the server, or "
        "of the proxy before it.",
        explains=frozenset(record.serial for record in limit.members),
        limit_ns=limit.limit_ns,
    )


RULE = Rule(
    id="pings_too_rarely",
    title="heartbeat of the client slower than the server's timer",
    judge=judge,
    source="nginx.org, WebSocket proxying",
    reads="on a tap: the gaps between the client's heartbeats; silences before closures",
    samples=MIN_SAMPLES,
    endings=may_be_timed,
    look_alikes=(
        LookAlike("idle_timeout", "the client does beat, and each end came in a gap between its beats"),
        LookAlike("keepalive_race", "the beat is slower than the limit by far: it never wins"),
    ),
)
