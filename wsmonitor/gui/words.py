"""How numbers, states and verdicts read in the window. Pure; peers' text is made visible here."""

import math

from wsmonitor.analysis.snapshot import Closure, EndpointView
from wsmonitor.events import State, Verdict
from wsmonitor.plain_text import visible

NONE = "—"


def milliseconds(duration_ns: int | float | None) -> str:
    """`0.42`, `4.2`, `23.1`, `412`, `12 s`; a dash without a value."""
    if duration_ns is None or math.isnan(duration_ns):
        return NONE
    value = duration_ns / 1e6
    if value >= 10_000:
        return f"{value / 1000:.0f} s"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def percent(share: float | None) -> str:
    """A share from 0 to 1 as `0%`, `0.4%`, `12%`."""
    if share is None:
        return NONE
    value = share * 100
    return f"{value:.1f}%" if 0 < value < 1 else f"{value:.0f}%"


def count(number: int) -> str:
    """`1,284`, and `12k`, `3.4M` where it would not fit."""
    if number < 100_000:
        return f"{number:,}"
    return f"{number / 1000:.0f}k" if number < 1_000_000 else f"{number / 1e6:.1f}M"


def counted(number: int, noun: str) -> str:
    """`1 closure`, `1,284 closures`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def size(number_of_bytes: int) -> str:
    """`512 B`, `4.2 kB`, `3.1 MB`."""
    if number_of_bytes < 1000:
        return f"{number_of_bytes} B"
    if number_of_bytes < 1_000_000:
        return f"{number_of_bytes / 1e3:.1f} kB"
    return f"{number_of_bytes / 1e6:.1f} MB"


def duration(duration_ns: int | float) -> str:
    """`0.8 s`, `48 s`, `13:20`, `2 h 05 min`: short, for something that ended or counts."""
    seconds = max(0.0, duration_ns / 1e9)
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
    return f"{int(seconds) // 3600} h {int(seconds) % 3600 // 60:02d} min"


def seconds(duration_ns: int | float) -> str:
    """`60.1 s`, with a tenth, for comparing lives and silences."""
    return f"{duration_ns / 1e9:.1f} s"


def state_label(state: State) -> str:
    """`O open`: the letter and the word."""
    return f"{state.letter} {state.value}"


def state_line(view: EndpointView, now_ns: int) -> str:
    """What the state means now, with its countdown or age."""
    age = duration(now_ns - view.since_ns)
    match view.state:
        case State.OPEN:
            return f"connected {age}"
        case State.DEGRADED:
            return f"{view.misses_in_a_row} missed · {age}"
        case State.BACKOFF | State.HOLD | State.SUSPENDED | State.OFFLINE:
            return _waiting(view, now_ns, age)
        case State.FAILED:
            reason = failure(view) or visible(view.cause, 60)
            again = _countdown(view, now_ns)
            return f"{reason}{f' · look {again}' if again else ', stopped'}" if reason else f"failed {age}"
        case State.IDLE:
            return "not started"
        case State.STOPPED:
            return f"stopped {age}"
        case State.CLOSING:
            return f"closing {age}"
        case _:
            return f"attempt {max(1, view.attempt)} · {age}"


def failure(view: EndpointView) -> str:
    """The last failed opening: `HTTP 403`, `tcp: refused`; empty where there was none."""
    last = view.last_failure
    if last is None:
        return ""
    return f"HTTP {last.status}" if last.status else f"{last.phase}: {visible(last.error, 60)}"


def how(verdict: Verdict) -> str:
    """How a connection ended: `Close`, `FIN`, `RST`, `timeout`, `abort`, `protocol`."""
    return {
        "close_frame": "Close",
        "fin": "FIN",
        "rst": "RST",
        "timeout": "timeout",
        "abort": "abort",
        "protocol_error": "protocol",
    }[verdict.mechanism]


def how_short(verdict: Verdict) -> str:
    """`FIN`, `RST`, `timeout`, or the close code where a Close frame said one."""
    if verdict.mechanism not in ("close_frame", "protocol_error"):
        return how(verdict)
    code = verdict.received_code if verdict.initiator == "peer" else verdict.sent_code
    return how(verdict) if code in (None, 1005) else str(code)


def who(verdict: Verdict) -> str:
    """Who ended it. Without a Close frame the peer and a proxy look alike."""
    match verdict.initiator:
        case "peer":
            return "peer" if verdict.mechanism in ("close_frame", "protocol_error") else "peer or proxy"
        case "local":
            return f"us: {_BY[verdict.by]}" if verdict.by is not None else "us"
        case "os":
            return "our kernel"
        case "unknown":
            return "unknown"


_BY = {"stop": "stop", "disruption": "button", "heartbeat": "heartbeat", "policy": "policy"}


def code(verdict: Verdict) -> str:
    """The close code that ended it: received, `sent 4000`, or `no Close`."""
    if verdict.received_code is not None and (verdict.initiator != "local" or verdict.sent_code is None):
        return "no code" if verdict.received_code == 1005 else str(verdict.received_code)
    if verdict.sent_code is not None:
        return "sent no code" if verdict.sent_code == 1005 else f"sent {verdict.sent_code}"
    return "no Close"


def reason(verdict: Verdict) -> str:
    """The reason that came with the code, made visible."""
    text = verdict.received_reason if verdict.initiator != "local" else verdict.sent_reason
    return visible(text, 123) if text else NONE


def cause(verdict: Verdict) -> str:
    """What the window can say about the cause without a diagnosis."""
    if verdict.forced:
        return f"forced: {verdict.forced}"
    if verdict.by == "heartbeat":
        return "our heartbeat gave up"
    if verdict.by == "stop":
        return "stopped by you"
    return "clean handshake" if verdict.clean else ""


def last_ending(view: EndpointView) -> str:
    """`FIN ×14`, or the last failed opening where nothing ever opened."""
    if view.last_closure is not None:
        return f"{how_short(view.last_closure.verdict)} ×{count(view.closures)}"
    if view.last_failure is not None:
        status = view.last_failure.status
        return f"{status or view.last_failure.phase} ×{count(view.failures)}"
    return NONE


def closure_sentence(closure: Closure) -> str:
    """One closure in words, for tooltips and screen readers."""
    verdict = closure.verdict
    said = f" {code(verdict)}" if verdict.mechanism == "close_frame" else ""
    name = f"{visible(closure.endpoint, 60)} #{closure.number}"
    return (
        f"{name}: {who(verdict)}, {how(verdict)}{said} after {seconds(verdict.life_ns)}; "
        f"silent rx {seconds(verdict.silence_rx_ns)}, tx {seconds(verdict.silence_tx_ns)}"
    )


def _waiting(view: EndpointView, now_ns: int, age: str) -> str:
    countdown = _countdown(view, now_ns)
    if view.state is State.BACKOFF:
        return f"retry {max(1, view.attempt)} {countdown}" if countdown else f"retry {max(1, view.attempt)} · {age}"
    return f"{view.state.value} {countdown or age}"


def _countdown(view: EndpointView, now_ns: int) -> str:
    if view.retry_at_ns is None:
        return ""
    left = max(0.0, (view.retry_at_ns - now_ns) / 1e9)
    return f"in {left:.1f} s" if left < 100 else f"in {duration(left * 1e9)}"
