"""The WebSocket layer answers pings, the application behind it does not answer its heartbeat."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, share_exclusivity, support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import at
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.text.units import duration

NEED = 2
_RECENT_NS = 60_000_000_000
_OURS = 0.5


def judge(evidence: Evidence) -> Judgement:
    recent = [record for record in evidence.ended if evidence.now_ns - record.closed_ns < _RECENT_NS][-1:]
    if any(record.answers["app"] for record in evidence.present):
        recent = []
    found = [record for record in (*recent, *evidence.present) if _is_deaf(record)]
    if not found:
        return None
    missed = max(record.misses["app"].in_a_row for record in found)
    has_answered = sum(record.answers["app"] for record in found)
    counter: tuple[EvidenceRow, ...] = ()
    if not has_answered:
        text = "it has never answered here: the request or the match may not fit this server"
        counter = (at(found[-1], found[-1].misses["app"].first_ns, text),)
    return Match(
        sentence=f"The application does not answer: {missed} of its heartbeats in a row stayed without an answer in "
        "time, while the WebSocket layer answers pings.",
        confidence=Confidence(
            support=support(missed + 1),
            exclusivity=share_exclusivity(len(found), len(recent) + len(evidence.present)) * (0.9 if counter else 1.0),
        ),
        evidence=tuple(row for record in reversed(found[-3:]) for row in _rows(record)),
        counter_evidence=counter,
        fix="Look at the worker behind the WebSocket: a dead consumer, a full queue, a lock. If answers are only slow, "
        "raise the heartbeat's timeout.",
    )


def _is_deaf(record: ConnectionRecord) -> bool:
    missed = record.misses["app"]
    if record.forced or missed.in_a_row < NEED or missed.last is None or not record.round_trips:
        return False
    ours = missed.last.lag_ns >= _OURS * missed.last.waited_ns
    answered_since = record.round_trips[-1].at_ns > missed.first_ns
    return answered_since and not ours and not record.misses["ws"].in_a_row


def _rows(record: ConnectionRecord) -> tuple[EvidenceRow, ...]:
    missed, trip = record.misses["app"], record.round_trips[-1]
    assert missed.last is not None
    return (
        at(record, missed.last.at_ns, f"{missed.in_a_row} application heartbeats in a row without an answer"),
        at(record, trip.at_ns, f"meanwhile a ping was answered after {duration(trip.round_trip_ns)}"),
    )


RULE = Rule(
    id="app_unresponsive",
    title="application without answers",
    judge=judge,
    needs=needs.ends_or_misses,
    source="RFC 6455, 5.5.2 and 5.5.3 (what a pong answers)",
    reads="missed application heartbeats while pings are answered",
    samples=NEED,
    is_of_now=True,
    look_alikes=(
        LookAlike("peer_stuck", "pongs came all the time"),
        LookAlike("pings_ignored", "it is the application's heartbeat that is not answered"),
    ),
)
