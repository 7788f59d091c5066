"""What experiments do and find -> the records of the NDJSON contract."""

from typing import Any

import msgspec

from wsmonitor.facts.answers import ExperimentAnswer
from wsmonitor.facts.events import ExperimentProgress, ExperimentResult

Record = dict[str, Any]


def experiment_record(event: ExperimentResult | ExperimentProgress) -> Record:
    """The fields that the event adds to the head of its record."""
    if isinstance(event, ExperimentResult):
        return answer_record(event.answer)
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


def answer_record(answer: ExperimentAnswer) -> Record:
    """What an experiment found; `value` and `error` have their units in their names."""
    record: Record = msgspec.to_builtins(answer)
    return record
