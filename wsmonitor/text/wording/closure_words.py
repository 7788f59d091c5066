"""How an ended connection is called: in a sentence, in the cells of a table, on the chip of a plot.

The other side is "the peer", or "peer or proxy" where no frame proves who spoke. 1006 is never named: it is
what interfaces report when no Close frame came, not something that was received.
"""

from wsmonitor.facts.events import Verdict
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes
from wsmonitor.text.plain_text import visible

NO_CODE = 1005
"""Stands for a Close frame without a code (RFC 6455, 7.1.5)."""
REASON_LIMIT = 123
"""Bytes that a Close frame leaves for its reason (RFC 6455, 5.5)."""


def closure_words(verdict: Verdict, codes: CloseCodes = EVERYBODYS) -> str:
    """Who ended the connection and how: `peer: Close 1012 service restart`.

    A reason that came with the code is quoted; otherwise the name that `codes` have for it follows.
    """
    if verdict.forced is not None and verdict.by == "disruption":
        return f"{'the tap' if verdict.tapped else 'we'}: {disruption_words(verdict.forced)} (forced)"
    meanwhile = f" (during forced {disruption_words(verdict.forced)})" if verdict.forced is not None else ""
    return f"{who(verdict)}: {_how(verdict, codes)}{meanwhile}"


def closure_chip(verdict: Verdict) -> str:
    """At most a word: `1012`, `FIN`, `RST`, `timeout`, `abort`, `Close` (a frame without a code)."""
    match verdict.mechanism:
        case "close_frame":
            code = verdict.received_code if verdict.initiator == "peer" else verdict.sent_code
            return "Close" if code is None or code == NO_CODE else str(code)
        case "protocol_error":
            return "protocol" if verdict.sent_code is None else str(verdict.sent_code)
        case _:
            return how(verdict)


def sided_chip(verdict: Verdict, *, is_short: bool = False) -> str:
    """`closure_chip`, and of a tapped connection whose end it was: `your client: RST`, `server: 1011`.

    Nothing but a frame proves that it was the server. `is_short` is for a cell: `client RST`, `beyond FIN`.
    """
    chip = closure_chip(verdict)
    if not verdict.tapped or verdict.by is not None or verdict.initiator not in _SIDES:
        return chip
    is_proven = verdict.initiator == "local" or verdict.mechanism in ("close_frame", "protocol_error")
    in_full, short = _SIDES[verdict.initiator] if is_proven else ("server or before it", "beyond")
    return f"{short} {chip}" if is_short else f"{in_full}: {chip}"


def who(verdict: Verdict) -> str:
    """`peer`, `peer or proxy`, `we`, `our kernel`, `unknown side`; of a tapped connection `your client`, `server`."""
    is_proven = verdict.mechanism in ("close_frame", "protocol_error")
    if verdict.tapped:
        if verdict.by is not None:
            return "the tap"
        if verdict.initiator == "peer":
            return "server" if is_proven else "the server, or something before it"
        return _WHO_OF_TAP[verdict.initiator]
    return "peer or proxy" if verdict.initiator == "peer" and not is_proven else _WHO[verdict.initiator]


def who_in_full(verdict: Verdict) -> str:
    """`who`, and for ourselves what made us do it: `we: heartbeat`."""
    if verdict.initiator != "local" or verdict.by is None:
        return who(verdict)
    return f"{'the tap' if verdict.tapped else 'we'}: {_BECAUSE[verdict.by]}"


def how(verdict: Verdict) -> str:
    """By what: `Close`, `FIN`, `RST`, `timeout`, `abort`, `protocol`."""
    return _HOW[verdict.mechanism]


def how_with_code(verdict: Verdict) -> str:
    """`how`, with the code that a Close frame carried: `Close 1012`, `protocol 1002`, `FIN`."""
    chip = closure_chip(verdict)
    return f"{how(verdict)} {chip}" if chip.isdecimal() else how(verdict)


def code_words(verdict: Verdict) -> str:
    """The close code that counts: `1012`, `sent 4000`, `no code` for a frame without one, `no Close`."""
    if verdict.received_code is not None and (verdict.initiator != "local" or verdict.sent_code is None):
        return "no code" if verdict.received_code == NO_CODE else str(verdict.received_code)
    if verdict.sent_code is not None:
        return "sent no code" if verdict.sent_code == NO_CODE else f"sent {verdict.sent_code}"
    return "no Close"


def reason_words(verdict: Verdict) -> str:
    """The reason that came with that code, made visible; empty where none did."""
    text = verdict.received_reason if verdict.initiator != "local" else verdict.sent_reason
    return visible(text, REASON_LIMIT) if text else ""


def reason_or_name(verdict: Verdict, codes: CloseCodes) -> str:
    """The reason, else what `codes` call the code; empty where no Close frame ended it."""
    if reason := reason_words(verdict):
        return reason
    code = verdict.received_code if verdict.initiator == "peer" else verdict.sent_code
    return visible(codes.name(code), 60) if verdict.mechanism == "close_frame" and code is not None else ""


def own_part(verdict: Verdict) -> str:
    """What we had to do with it: `forced: TCP reset`, `our heartbeat gave up`; empty where that was nothing."""
    if verdict.forced is not None:
        return f"forced: {disruption_words(verdict.forced)}"
    if verdict.by is not None:
        return _OWN_PARTS[verdict.by]
    return "clean handshake" if verdict.clean and not verdict.is_loss else ""


def disruption_words(kind: str) -> str:
    """A kind of forced disconnect as words: `TCP reset`, `black hole`."""
    return _FORCED.get(kind) or visible(kind, 60).replace("_", " ").replace("tcp", "TCP")


def said(code: int, reason: str | None, codes: CloseCodes) -> str:
    """A Close frame in words: `Close 1012 service restart “bye”`."""
    if code == NO_CODE:
        return "Close without a code"
    quoted = f" “{visible(reason, REASON_LIMIT)}”" if reason else ""
    return f"Close {code} {visible(codes.name(code), 60)}{quoted}"


_FORCED = {"kernel_blackhole": "black hole", "mute_pongs": "muting of pongs"}
_WHO = {"local": "we", "peer": "peer", "os": "our kernel", "unknown": "unknown side"}
_WHO_OF_TAP = {
    "local": "your client",
    "os": "this machine's kernel",
    "unknown": "unknown side",
}
_SIDES = {"local": ("your client", "client"), "peer": ("server", "server")}
_BECAUSE = {"stop": "stopped", "heartbeat": "heartbeat", "policy": "policy", "disruption": "forced"}
_OWN_PARTS = {
    "stop": "stopped by you",
    "heartbeat": "our heartbeat gave up",
    "policy": "our policy ended it",
    "disruption": "forced",
}
_HOW = {
    "close_frame": "Close",
    "fin": "FIN",
    "rst": "RST",
    "timeout": "timeout",
    "abort": "abort",
    "protocol_error": "protocol",
}


def _how(verdict: Verdict, codes: CloseCodes) -> str:
    match verdict.mechanism:
        case "close_frame":
            return _close_frame(verdict, codes)
        case "protocol_error":
            code = f", refused with {verdict.sent_code}" if verdict.sent_code is not None else ""
            return f"broke the protocol{code}"
        case "fin":
            return "FIN without a Close frame"
        case "rst":
            is_seen = verdict.initiator == "peer" or verdict.tapped
            return "RST without a Close frame" if is_seen else "TCP reset"
        case "timeout" if verdict.by == "heartbeat":
            return "gave up, heartbeats unanswered"
        case "timeout":
            return "gave up, the peer's host acknowledged nothing"
        case "abort" if verdict.tapped and verdict.by is not None:
            return _BECAUSE[verdict.by]
        case "abort":
            return "connection aborted" if verdict.initiator == "local" else "connection lost, nothing says how"


def _close_frame(verdict: Verdict, codes: CloseCodes) -> str:
    is_ours = verdict.initiator == "local"
    code = verdict.sent_code if is_ours else verdict.received_code
    reason = verdict.sent_reason if is_ours else verdict.received_reason
    if code is None or code == NO_CODE:
        text = "Close without a code"
    else:
        name = visible(codes.name(code), 60)
        named = codes.own_row(code) is not None or not reason or reason == name
        text = f"Close {code} {name}" if named else f"Close {code}"
        if reason and reason != name:
            text += f" “{visible(reason, REASON_LIMIT)}”"
    if is_ours and verdict.by is not None:
        text += f" ({_BECAUSE[verdict.by]})"
    if is_ours and verdict.received_code is None:
        text += ", unanswered"
    return text
