"""Close codes explained: name, who may send it, what it means, whether reconnecting is sensible."""

from wsmonitor.facts.events import Verdict
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes
from wsmonitor.tables.profiles import Course
from wsmonitor.text.plain_text import visible
from wsmonitor.text.wording.closure_words import REASON_LIMIT, how

_SENDERS = {
    "both": "either side may send it",
    "client": "only clients may send it",
    "server": "only servers send it",
    "nobody": "never sent: it stands for what a program saw",
}
_RECONNECT = {
    "yes": "reconnecting is sensible",
    "slow": "reconnect, but not at once: after ten seconds, or spread over as much",
    "no": "reconnecting without a change would end the same way",
}
_COURSES: dict[Course, str] = {"retry": _RECONNECT["yes"], "slow": _RECONNECT["slow"], "stop": _RECONNECT["no"]}
_WITHOUT_CODE = {
    "FIN": "FIN without a Close frame: the other side, or a proxy in between, hung up on TCP. Browsers say 1006.",
    "RST": "RST: TCP was reset, nothing was said. A crash, a full backlog, a firewall. Browsers say 1006.",
    "timeout": "No sign of life for longer than the timeout: this side gave up. Browsers say 1006.",
    "abort": "This side cut TCP without a Close frame. Browsers say 1006.",
}


def explain_code(code: int, codes: CloseCodes = EVERYBODYS) -> str:
    """Some lines on a close code, the user's own words first."""
    lines = [code_line(code, codes)]
    row = codes.row(code)
    if row is not None:
        lines += [_SENDERS[row.sender], _RECONNECT[row.reconnect], f"({row.source})"]
    elif 3000 <= code <= 4999:
        who = "libraries and frameworks" if code < 4000 else "applications"
        lines.append(f"{who} give it a meaning of their own: ask whoever runs the server")
    else:
        lines.append("a Close frame must not carry it: whoever receives it ends with 1002")
    known = codes.framework_row(code)
    if known is not None:
        lines.append(f"{codes.profile}: {known.name}; {_COURSES[known.then]}")
    return "\n".join(lines)


def code_line(code: int, codes: CloseCodes = EVERYBODYS) -> str:
    """The same in one short line: for a read-out."""
    row = codes.row(code)
    meaning = f": {visible(row.meaning, 300)}" if row is not None and row.meaning else ""
    return f"{code} {visible(codes.name(code), 60)}{meaning}"


def explain_verdict(verdict: Verdict, codes: CloseCodes = EVERYBODYS) -> str:
    """How a connection ended, and what its codes mean."""
    lines = []
    ours = EVERYBODYS if verdict.by == "heartbeat" else codes  # 4000 is then our own word, not the server's
    for direction, code, reason, meant in (
        ("received", verdict.received_code, verdict.received_reason, codes),
        ("sent", verdict.sent_code, verdict.sent_reason, ours),
    ):
        if code is not None and (direction == "received" or code != verdict.received_code):
            said = f" “{visible(reason, REASON_LIMIT)}”" if reason else ""
            lines.append(f"{direction}{said}: {explain_code(code, meant)}")
    return "\n".join(lines) or _WITHOUT_CODE.get(how(verdict), "")
