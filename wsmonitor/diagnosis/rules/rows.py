"""Evidence rows: facts in words, with the place where they are found."""

from collections.abc import Callable, Iterable

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Failure
from wsmonitor.diagnosis.findings import EvidenceRow
from wsmonitor.text.page_text import page_text
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_text
from wsmonitor.text.units import counted, duration
from wsmonitor.text.wording.closure_words import closure_words

ROWS = 6
"""More rows than this convince nobody further."""


def closure_row(record: ConnectionRecord, detail: str = "") -> EvidenceRow:
    """How one connection ended; `detail` says what matters about it."""
    assert record.verdict is not None
    text = f"{closure_words(record.verdict, record.codes)} after {duration(record.life_ns)}"
    if late := _after_close(record):
        text += f"; then it sent {late}, after its own Close (RFC 6455, 5.5.1)"
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
    said = page_text(event.detail.get("body", ""))
    if said and said not in text:
        text += f"; the answer says “{visible(redact_text(said), 80)}”"
    return EvidenceRow(text=text, at_ns=failure.at_ns, connection=failure.connection, slot=failure.slot)


def _after_close(record: ConnectionRecord) -> str:
    """`1 message and a second Close`; empty where the peer's Close was its last frame."""
    messages = [counted(record.data_after_close, "message")] if record.data_after_close else []
    more = record.peer_closes - 1
    again = [] if more < 1 else ["a second Close"] if more == 1 else [f"{more} more Close frames"]
    return " and ".join([*messages, *again])


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
