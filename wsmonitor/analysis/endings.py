"""How an ended connection is called: in a sentence, and on the chip of a plot.

The other side is "the peer", or "peer or proxy" where no frame proves who spoke. 1006 is never named: it is
what interfaces report when no Close frame came, not something that was received.
"""

from wsmonitor.events import Verdict
from wsmonitor.plain_text import visible
from wsmonitor.tables.close_codes import close_code_name

_NO_CODE = 1005


def closure_words(verdict: Verdict) -> str:
    """Who ended the connection and how: `peer: Close 1012 service restart`.

    A reason that came with the code is quoted; otherwise the code's registered name follows it.
    """
    if verdict.forced is not None and verdict.by == "disruption":
        return f"we: {visible(verdict.forced, 60)} (forced)"
    is_proven = verdict.mechanism in ("close_frame", "protocol_error")
    who = "peer or proxy" if verdict.initiator == "peer" and not is_proven else _WHO[verdict.initiator]
    meanwhile = f" (during forced {visible(verdict.forced, 60)})" if verdict.forced is not None else ""
    return f"{who}: {_how(verdict)}{meanwhile}"


def closure_chip(verdict: Verdict) -> str:
    """At most a word: `1012`, `FIN`, `RST`, `timeout`, `abort`, `Close` (a frame without a code)."""
    match verdict.mechanism:
        case "close_frame":
            code = verdict.received_code if verdict.initiator == "peer" else verdict.sent_code
            return "Close" if code is None or code == _NO_CODE else str(code)
        case "protocol_error":
            return "protocol" if verdict.sent_code is None else str(verdict.sent_code)
        case "fin" | "rst":
            return verdict.mechanism.upper()
        case _:
            return verdict.mechanism


_WHO = {"local": "we", "peer": "peer", "os": "our kernel", "unknown": "unknown side"}
_BECAUSE = {"stop": "stopped", "heartbeat": "heartbeat", "policy": "policy", "disruption": "forced"}


def _how(verdict: Verdict) -> str:
    match verdict.mechanism:
        case "close_frame":
            return _close_frame(verdict)
        case "protocol_error":
            code = f", refused with {verdict.sent_code}" if verdict.sent_code is not None else ""
            return f"broke the protocol{code}"
        case "fin":
            return "FIN without a Close frame"
        case "rst":
            return "RST without a Close frame" if verdict.initiator == "peer" else "TCP reset"
        case "timeout" if verdict.by == "heartbeat":
            return "gave up, heartbeats unanswered"
        case "timeout":
            return "gave up, the peer's host acknowledged nothing"
        case "abort":
            return "connection aborted" if verdict.initiator == "local" else "connection lost, nothing says how"


def _close_frame(verdict: Verdict) -> str:
    is_ours = verdict.initiator == "local"
    code = verdict.sent_code if is_ours else verdict.received_code
    reason = verdict.sent_reason if is_ours else verdict.received_reason
    if code is None or code == _NO_CODE:
        text = "Close without a code"
    else:
        name = close_code_name(code)
        text = f"Close {code} {name}" if not reason or reason == name else f"Close {code} “{visible(reason, 123)}”"
    if is_ours and verdict.by is not None:
        text += f" ({_BECAUSE[verdict.by]})"
    if is_ours and verdict.received_code is None:
        text += ", unanswered"
    return text
