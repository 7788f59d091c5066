"""Evidence rows: facts in words, with the place where they are found."""

from collections.abc import Callable, Iterable

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Failure
from wsmonitor.diagnosis.findings import EvidenceRow
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_text
from wsmonitor.text.units import duration
from wsmonitor.text.wording.closure_words import closure_words

ROWS = 6
"""More rows than this convince nobody further."""


def closure_row(record: ConnectionRecord, detail: str = "") -> EvidenceRow:
    """How one connection ended; `detail` says what matters about it."""
    assert record.verdict is not None
    text = f"{closure_words(record.verdict, record.codes)} after {duration(record.life_ns)}"
    return at_closure(record, f"{text}; {detail}" if detail else text)


def at_closure(record: ConnectionRecord, text: str) -> EvidenceRow:
    """A fact about the end of a connection."""
    return EvidenceRow(text=text, at_ns=record.closed_ns, connection=record.connection, slot=record.slot)


def at(record: ConnectionRecord, at_ns: int, text: str) -> EvidenceRow:
    """A fact about a connection at another time than its end."""
    return EvidenceRow(text=text, at_ns=at_ns, connection=record.connection, slot=record.slot)


def failure_row(failure: Failure) -> EvidenceRow:
    """How one opening failed; secrets in URLs that the error quotes are replaced."""
    event = failure.event
    status = f"HTTP {event.status}: " if event.status is not None and "HTTP" not in event.error else ""
    text = f"{event.phase} failed after {duration(event.duration_ns)}: {status}{visible(redact_text(event.error), 160)}"
    if body := event.detail.get("body", "").strip():
        text += f"; the answer begins “{visible(redact_text(body), 80)}”"
    return EvidenceRow(text=text, at_ns=failure.at_ns, connection=failure.connection, slot=failure.slot)


def closure_rows(
    records: Iterable[ConnectionRecord], detail: Callable[[ConnectionRecord], str] = lambda _: ""
) -> tuple[EvidenceRow, ...]:
    """The newest of these closures."""
    newest = sorted(records, key=lambda record: record.closed_ns, reverse=True)[:ROWS]
    return tuple(closure_row(record, detail(record)) for record in newest)


def open_rows(
    records: Iterable[ConnectionRecord], detail: Callable[[ConnectionRecord], str]
) -> tuple[EvidenceRow, ...]:
    """What `detail` says of connections that are open, at the last byte of each."""
    return tuple(at(record, record.last_rx_ns, f"still open: {detail(record)}") for record in list(records)[-ROWS:])


def failure_rows(failures: Iterable[Failure]) -> tuple[EvidenceRow, ...]:
    """The newest of these failures."""
    newest = sorted(failures, key=lambda failure: failure.at_ns, reverse=True)[:ROWS]
    return tuple(failure_row(failure) for failure in newest)
