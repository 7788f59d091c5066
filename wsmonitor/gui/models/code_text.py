"""Close codes explained: name, who may send it, what it means, whether reconnecting is sensible. Pure."""

from wsmonitor.analysis.log import LogRow
from wsmonitor.events import ConnectionClosed, Control, Verdict
from wsmonitor.gui import words
from wsmonitor.plain_text import visible
from wsmonitor.tables.close_codes import close_code, close_code_name
from wsmonitor.tables.profiles import Course, profile_code

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


def explain_code(code: int, profile: str = "") -> str:
    """Some lines on a close code; `profile` names the framework of the server, where that is known."""
    lines = [f"{code} {close_code_name(code)}"]
    row = close_code(code)
    if row is not None:
        lines[0] += f": {row.meaning}"
        lines += [_SENDERS[row.sender], _RECONNECT[row.reconnect], f"({row.source})"]
    elif 3000 <= code <= 4999:
        who = "libraries and frameworks" if code < 4000 else "applications"
        lines.append(f"{who} give it a meaning of their own: ask whoever runs the server")
    else:
        lines.append("a Close frame must not carry it: whoever receives it ends with 1002")
    known = profile_code(profile, code)
    if known is not None:
        lines.append(f"{profile}: {known.name}; {_COURSES[known.then]}")
    return "\n".join(lines)


def code_line(code: int) -> str:
    """The same in one short line: for a read-out."""
    row = close_code(code)
    return f"{code} {close_code_name(code)}" + (f": {row.meaning}" if row is not None else "")


def explain_verdict(verdict: Verdict, profile: str = "") -> str:
    """How a connection ended, and what its codes mean."""
    lines = []
    for direction, code, reason in (
        ("received", verdict.received_code, verdict.received_reason),
        ("sent", verdict.sent_code, verdict.sent_reason),
    ):
        if code is not None and (direction == "received" or code != verdict.received_code):
            said = f" “{visible(reason, 123)}”" if reason else ""
            lines.append(f"{direction}{said}: {explain_code(code, profile)}")
    return "\n".join(lines) or _HOW.get(words.how(verdict), "")


def log_hint(row: LogRow) -> str:
    """What there is to explain of a row of the log: the code of a Close frame, the end of a connection."""
    event = row.event
    if isinstance(event, ConnectionClosed):
        return explain_verdict(event.verdict)
    if isinstance(event, Control) and event.opcode == 8:
        return explain_code(int.from_bytes(event.payload[:2], "big") if len(event.payload) >= 2 else 1005)
    return ""


_HOW = {
    "FIN": "FIN without a Close frame: the other side, or a proxy in between, hung up on TCP. Browsers say 1006.",
    "RST": "RST: TCP was reset, nothing was said. A crash, a full backlog, a firewall. Browsers say 1006.",
    "timeout": "No sign of life for longer than the timeout: this side gave up. Browsers say 1006.",
    "abort": "This side cut TCP without a Close frame. Browsers say 1006.",
}
