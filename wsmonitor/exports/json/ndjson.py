"""Events -> NDJSON: the one mapping to the contract of `watch -o json`.

One object a line; `schema_version`, `type`, `endpoint`, `time`, `connection` always, units in the
names. Facts about no endpoint (`loop_lag`, `clock_jump`, ...) have `endpoint` "" and `connection` 0.
New fields may be added; those that exist stay.
"""

import codecs
import json
from typing import Any, get_args

import msgspec
from msgspec.structs import asdict

from wsmonitor.analysis.series.percentiles import RttSummary
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.diagnosis.findings import Finding, FindingChange, FindingStated, FindingWithdrawn, PastFinding
from wsmonitor.exports.json.fields import Record, fields_of
from wsmonitor.facts import events
from wsmonitor.facts.events import AnyEvent, EndpointEvent, Event, ExperimentProgress, ExperimentResult
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.text.redact import redact_event

SCHEMA_VERSION = 1
PREVIEW_CHARACTERS = 200

_HEAD = EndpointEvent.__struct_fields__
_encode = msgspec.json.Encoder().encode


class Ndjson:
    """Maps events, in their order, to records; `time` follows the latest `ClockAnchor`.

    Args:
        wall: the wall clock until the first anchor.
        show_secrets: leave headers and URLs in details and errors as they are.
    """

    def __init__(self, wall: WallClock, *, show_secrets: bool = False) -> None:
        self._wall = wall
        self._show_secrets = show_secrets

    def record(self, event: AnyEvent) -> Record | None:
        """The record of `event`; `None` for one that only sets the clock."""
        if isinstance(event, events.ClockAnchor):
            self._wall = event.clock
            return None
        event = event if self._show_secrets else redact_event(event)
        if isinstance(event, events.SamplesDropped):
            return self._head("samples_dropped", event) | self._dropped(event)
        if isinstance(event, events.Note):
            return self._head("note", event) | {"text": event.text, "moment": self.time(event.moment_ns)}
        kind = "rtt_sample" if isinstance(event, events.TcpSample) else type(event).__struct_config__.tag
        return self._head(str(kind), event) | _body(event)

    def line(self, event: AnyEvent | FindingChange) -> bytes | None:
        """The record of `event` as one line with its newline."""
        if isinstance(event, FindingStated | FindingWithdrawn):
            return encode_line(self.finding(event))
        record = self.record(event)
        return None if record is None else encode_line(record)

    def finding(self, change: FindingChange) -> Record:
        """The record of a finding that was stated or withdrawn."""
        if isinstance(change, FindingStated):
            return self._head("finding", change) | finding_record(change.finding)
        ended = {"rule": change.rule, "how": change.how, "reason": change.reason}
        return self._head("finding_withdrawn", change) | ended

    def summary(self, summary: EndpointSummary, at_ns: int) -> Record:
        """The last record of an endpoint: what the run came to at `at_ns`."""
        return {
            "schema_version": SCHEMA_VERSION,
            "type": "summary",
            "endpoint": summary.endpoint,
            "time": self.time(at_ns),
            "connection": summary.connections,
            "connections": summary.connections,
            "attempts": summary.attempts,
            "failures": summary.failures,
            "open_s": summary.open_ns / 1e9,
            "rtt_ms": {kind: _percentiles(summary.rtt.get(kind)) for kind in get_args(events.HeartbeatKind)},
            "closures": [fields_of(verdict) for verdict in summary.closures],
            "closures_total": summary.closures_total,
            "outbox_peak": summary.outbox_peak,
            "messages_sent": summary.messages_sent,
            "messages_received": summary.messages_received,
            "findings": [finding_record(finding) for finding in summary.findings],
            "past_findings": [past_record(past) | {"time": self.time(past.at_ns)} for past in summary.past],
        }

    def time(self, at_ns: int) -> float:
        """Epoch seconds, to the microsecond, of a monotonic time."""
        return self._wall.epoch_s(at_ns)

    def _dropped(self, event: events.SamplesDropped) -> Record:
        """Who sums `message` records adds what `let_by` says."""
        unlisted = [
            {
                **{"endpoint": one.endpoint, "connection": one.connection, "slot": one.slot},
                **{"first_time": self.time(one.first_ns), "last_time": self.time(one.last_ns)},
                **fields_of(one, (*_HEAD, "first_ns", "last_ns")),
            }
            for one in event.unlisted
        ]
        return {"count": event.count, "let_by": unlisted}

    def _head(self, kind: str, event: Event) -> Record:
        of_endpoint = event if isinstance(event, EndpointEvent) else None
        return {
            "schema_version": SCHEMA_VERSION,
            "type": kind,
            "endpoint": of_endpoint.endpoint if of_endpoint else "",
            "time": self.time(event.at_ns),
            "connection": of_endpoint.connection if of_endpoint else 0,
            "slot": of_endpoint.slot if of_endpoint else 0,
        }


def encode_line(record: Record) -> bytes:
    """One line; what is not ASCII is escaped, so that a terminal cannot be steered by a peer's text."""
    try:
        line = _encode(record)
    except UnicodeEncodeError:  # a lone surrogate, which JSON can say and UTF-8 cannot
        line = b"\xff"
    if not line.isascii():
        line = json.dumps(record, separators=(",", ":")).encode()
    return line.replace(b"\x7f", b"\\u007f") + b"\n"


def _body(event: AnyEvent) -> Record:
    """What the record has beside its head; of most events their own fields."""
    match event:
        case events.RttSample():
            rtt, lag = _ms(event.round_trip_ns), _ms(event.lag_ns)
            return {"kind": event.kind, "rtt_ms": rtt, "lag_ms": lag, "late": event.late}
        case events.TcpSample():
            return {"kind": "tcp"} | fields_of(event, _HEAD)
        case events.Message():
            return {
                "direction": event.direction,
                "opcode": event.opcode,
                "size_bytes": event.size_bytes,
                "preview": _preview(event.payload, whole=len(event.payload) == event.size_bytes),
                "wire_bytes": event.wire_bytes,
                "fragments": event.fragments,
                "dwell_ms": _ms(event.dwell_ns),
            }
        case events.Control():
            return {
                "direction": event.direction,
                "opcode": event.opcode,
                "size_bytes": len(event.payload),
                **_control_payload(event),
                "suppressed": event.suppressed,
            }
        case events.OpenFailed():
            first = {"phase": event.phase, "status": event.status, "error": event.error, "fatal": event.fatal}
            return first | fields_of(event, (*_HEAD, *first))
        case events.ExperimentResult() | events.ExperimentProgress():
            return experiment_record(event)
        case _:
            return fields_of(event, _HEAD)


def experiment_record(event: ExperimentResult | ExperimentProgress) -> Record:
    """The fields that the event adds to the head of its record."""
    if isinstance(event, ExperimentResult):
        answer: Record = msgspec.to_builtins(event.answer)  # `value` and `error` have units in their names
        return answer
    line = event.line
    plan = None if event.plan is None else msgspec.to_builtins(event.plan)
    record: Record = {"name": event.name, "step": event.step, "line": None, "plan": plan, "audit": None}
    if event.audit is not None:
        audit: Record = msgspec.to_builtins(event.audit)
        audit["left_s"] = max(0.0, (audit.pop("ends_by_ns") - event.at_ns) / 1e9)
        record["audit"] = audit
    if line is not None:
        record["line"] = {
            "number": line.number,
            "group": line.group,
            "planned_s": None if line.planned_ns is None else line.planned_ns / 1e9,
            "age_s": None if line.ended_ns is None else (line.ended_ns - line.opened_ns) / 1e9,
            "how": line.how,
        }
    return record


def finding_record(finding: Finding) -> dict[str, Any]:
    """A finding as the contract has it; `confidence_of` is the make-up of its confidence."""
    confidence, pending = finding.confidence, finding.pending
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "confidence": confidence.value,
        "basis": finding.basis,
        "summary": finding.sentence,
        "evidence": [row.text for row in finding.evidence],
        "fix": finding.fix,
        "confidence_of": {
            "support": round(confidence.support, 3),
            "spread": round(confidence.spread, 3),
            "exclusivity": round(confidence.exclusivity, 3),
        },
        "counter_evidence": [row.text for row in finding.counter_evidence],
        "also_considered": [asdict(one) for one in finding.also_considered],
        "pending": None if pending is None else {"have": pending.have, "need": pending.need},
        "limit_s": None if finding.limit_ns is None else finding.limit_ns / 1e9,
    }


def past_record(past: PastFinding) -> dict[str, Any]:
    """A finding that stood once, as it was said last, and why it stands no more."""
    return {"how": past.how, "reason": past.reason, "finding": finding_record(past.finding)}


def _percentiles(rtt: RttSummary | None) -> Record:
    """Milliseconds; null where there is no sample, so that every kind always has every key."""
    if rtt is None:
        return {"count": 0, "p50": None, "p90": None, "p99": None, "max": None, "loss_percent": None}
    values = {"p50": rtt.p50_ns, "p90": rtt.p90_ns, "p99": rtt.p99_ns, "max": rtt.max_ns}
    in_ms = {name: None if value is None else _ms(value) for name, value in values.items()}
    return {"count": rtt.count, **in_ms, "loss_percent": None if rtt.loss is None else round(100 * rtt.loss, 4)}


def _control_payload(event: events.Control) -> Record:
    """Code and reason of a Close (1005: it had none); the bytes of a ping or pong in hexadecimal."""
    if event.opcode != 8:
        return {"payload_hex": event.payload.hex()}
    code = int.from_bytes(event.payload[:2], "big") if len(event.payload) >= 2 else 1005
    return {"code": code, "reason": event.payload[2:].decode("utf-8", "replace")}


def _preview(payload: bytes, *, whole: bool) -> str:
    """The head of a message as text, unaltered but for bytes that are no UTF-8 (U+FFFD)."""
    head = payload[: PREVIEW_CHARACTERS * 4]
    cut = len(head) < len(payload) or not whole
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    return decoder.decode(head, final=not cut)[:PREVIEW_CHARACTERS]


def _ms(nanoseconds: int) -> float:
    return nanoseconds / 1e6
