"""How numbers and states read in the window. Pure; verdicts are worded in `text/wording/closure_words.py`."""

import math
from typing import TYPE_CHECKING

from wsmonitor.facts.events import State
from wsmonitor.text.plain_text import visible

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import Closure, EndpointView
    from wsmonitor.tables.known_codes import CloseCodes

NONE = "—"


def endpoint_title(view: "EndpointView") -> str:
    """Name and, where there are several connections, which one."""
    name = visible(view.name, 80)
    return f"{name} [{view.slot + 1}/{view.slots}]" if view.slots > 1 else name


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
    """`60.1 s`, with a tenth, for comparing lives and silences; `0.40 ms` where a tenth would hide it."""
    return f"{milliseconds(duration_ns)} ms" if 0 < duration_ns < 50e6 else f"{duration_ns / 1e9:.1f} s"


def state_label(state: State) -> str:
    """`O open`: the letter and the word."""
    return f"{state.letter} {state.value}"


def state_line(view: "EndpointView", now_ns: int) -> str:
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


def failure(view: "EndpointView") -> str:
    """The last failed opening: `HTTP 403`, `tcp: refused`; empty where there was none."""
    last = view.last_failure
    if last is None:
        return ""
    return f"HTTP {last.status}" if last.status else f"{last.phase}: {visible(last.error, 60)}"


def last_ending(view: "EndpointView") -> str:
    """`FIN ×14`, or the last failed opening where nothing ever opened."""
    from wsmonitor.text.wording.closure_words import closure_chip  # this module is needed before anything ended

    if view.last_closure is not None:
        return f"{closure_chip(view.last_closure.verdict)} ×{count(view.closures)}"
    if view.last_failure is not None:
        status = view.last_failure.status
        return f"{status or view.last_failure.phase} ×{count(view.failures)}"
    return NONE


def closure_sentence(closure: "Closure", codes: "CloseCodes") -> str:
    """One closure in words, for tooltips and screen readers."""
    from wsmonitor.text.wording.closure_words import closure_words  # as above

    verdict = closure.verdict
    return (
        f"{visible(closure.endpoint, 60)} #{closure.number}: {closure_words(verdict, codes)}, after "
        f"{seconds(verdict.life_ns)}; silent before: rx {seconds(verdict.silence_rx_ns)}, "
        f"tx {seconds(verdict.silence_tx_ns)}"
    )


def _waiting(view: "EndpointView", now_ns: int, age: str) -> str:
    countdown = _countdown(view, now_ns)
    if view.state is State.BACKOFF:
        return f"retry {max(1, view.attempt)} {countdown}" if countdown else f"retry {max(1, view.attempt)} · {age}"
    return f"try {countdown}" if countdown else f"{view.state.value} {age}"


def _countdown(view: "EndpointView", now_ns: int) -> str:
    if view.retry_at_ns is None:
        return ""
    left = max(0.0, (view.retry_at_ns - now_ns) / 1e9)
    return f"in {left:.1f} s" if left < 100 else f"in {duration(left * 1e9)}"
