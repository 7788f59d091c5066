"""What there is to explain of a row of the log. Pure."""

from wsmonitor.analysis.log import LogRow
from wsmonitor.facts.events import ConnectionClosed, Control
from wsmonitor.tables.known_codes import CloseCodes
from wsmonitor.text.wording.code_words import explain_code, explain_verdict


def log_hint(row: LogRow, codes: CloseCodes) -> str:
    """The code of a Close frame, the end of a connection; nothing for other rows."""
    event = row.event
    if isinstance(event, ConnectionClosed):
        return explain_verdict(event.verdict, codes)
    if isinstance(event, Control) and event.opcode == 8:
        return explain_code(int.from_bytes(event.payload[:2], "big") if len(event.payload) >= 2 else 1005, codes)
    return ""
