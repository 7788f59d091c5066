"""How states and endings read in the window. Pure; verdicts are worded in `text/wording/closure_words.py`."""

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from wsmonitor.facts.events import State
from wsmonitor.text import units
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_url

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import Closure, EndpointView
    from wsmonitor.diagnosis.findings import Finding
    from wsmonitor.tables.known_codes import CloseCodes


_LIMIT_DIGITS = 2


def plain(text: str) -> str:
    """`text` as a tooltip: Qt would take anything with tags for rich text."""
    return f"<p style='white-space:pre-wrap'>{escape(text)}</p>"


def endpoint_title(view: "EndpointView") -> str:
    """Name and, where there are several connections, which one; of a tap whose client it is."""
    name = visible(view.name, 80)
    if view.client is not None:
        return f"{name} · {client_title(view)}"
    return f"{name} [{view.slot + 1}/{view.slots}]" if view.slots > 1 and not view.members else name


def client_title(view: "EndpointView") -> str:
    """`#7 node server.js`: the last connection of a tap's client, and its program, else where it came from."""
    if view.client is None:
        return visible(view.name, 80)
    number = f"#{view.connection} " if view.connection else ""
    return f"{number}{view.client.process or view.client.address}"


def row_lines(view: "EndpointView") -> tuple[str, str]:
    """The two lines of a row: what it is called, and where it leads, or who that client of the tap is."""
    if view.client is not None:
        pid = f"pid {view.client.pid} · " if view.client.pid is not None else ""
        return row_title(view), f"{pid}from {view.client.address}"
    return row_title(view), endpoint_address(view)


def row_title(view: "EndpointView") -> str:
    """What a row is called."""
    return endpoint_title(view) if view.client is None else client_title(view)


def pill(view: "EndpointView") -> str:
    """What the pill of a row says: the state, or of several how many are open."""
    if not view.members_open:
        is_listening = view.tap is not None and view.tap.url and view.client is None and view.state is State.IDLE
        return f"{view.state.letter} listening" if is_listening else state_label(view.state)
    of = units.counted(view.members_open, "client") if view.tap is not None else f"{view.members_open}/{view.members}"
    return f"{view.state.letter} {of}"


def endpoint_address(view: "EndpointView") -> str:
    """Where it leads; of a tap also what to give to clients."""
    url = _shown(view.url)
    return f"{view.tap.url} → {url}" if view.tap is not None and view.tap.url else url


@lru_cache(maxsize=4096)
def _shown(url: str) -> str:
    """`url` as it may be shown: a search asks every row for its own."""
    return visible(redact_url(url), 200)


def state_label(state: State) -> str:
    """`O open`: the letter and the word."""
    return f"{state.letter} {state.value}"


def cause_words(finding: "Finding") -> str:
    """`lifetime limit 20 s`: what equal findings of several endpoints have in common; their limits differ a little."""
    from wsmonitor.diagnosis.finding_words import cause  # this module is needed before anything was found

    return cause(finding, digits=_LIMIT_DIGITS)


_NOW_NS = 50_000_000
"""What is less would read as zero, or has passed while others had their turn."""


def state_line(view: "EndpointView", now_ns: int) -> str:
    """What the state means now, with its countdown or age."""
    age = units.age(now_ns - view.since_ns)
    if view.members_open:
        return f"{view.members_open} of {view.members} open"
    match view.state:
        case State.OPEN:
            return f"connected {_open_for(view, now_ns)}"
        case State.DEGRADED:
            return f"{view.misses_in_a_row} missed · open {_open_for(view, now_ns)}"
        case State.BACKOFF | State.HOLD | State.SUSPENDED | State.OFFLINE:
            return _waiting(view, now_ns, age)
        case State.FAILED:
            reason = failure(view) or visible(view.cause, 60)
            again = _countdown(view, now_ns)
            return f"{reason}{f' · look {again}' if again else ', stopped'}" if reason else f"failed {age}"
        case State.IDLE if view.tap is not None:
            if not view.tap.url:
                return "not listening"
            nobody = "no client now" if view.tap.clients_seen else "no client yet"
            return nobody if view.client is None else f"client gone {age}"
        case State.IDLE:
            return "not started"
        case State.STOPPED:
            return f"stopped {age}"
        case State.CLOSING:
            return f"closing {age}"
        case _:
            return f"attempt {max(1, view.attempt)} · {age}"


def short_state(view: "EndpointView", now_ns: int) -> str:
    """What the word for the state does not say already, where there is little room: an age, a countdown, a number."""
    if view.members_open:
        return ""  # the pill says how many
    match view.state:
        case State.OPEN:
            return _open_for(view, now_ns)
        case State.DEGRADED:
            return f"{view.misses_in_a_row} missed"
        case State.BACKOFF | State.HOLD | State.SUSPENDED | State.OFFLINE:
            return _countdown(view, now_ns) or units.short_duration(now_ns - view.since_ns)
        case State.FAILED:
            return failure(view) or state_line(view, now_ns)
        case _:
            return state_line(view, now_ns)


def failure(view: "EndpointView") -> str:
    """The last failed opening: `HTTP 403`, `tcp: refused`; empty where there was none."""
    last = view.last_failure
    if last is None:
        return ""
    return f"HTTP {last.status}" if last.status else f"{last.phase}: {visible(last.error, 60)}"


def last_ending(view: "EndpointView") -> str:
    """`FIN ×14`, or the last failed opening where nothing ever opened."""
    if view.last_closure is not None:
        from wsmonitor.text.wording.closure_words import sided_chip  # this module is needed before anything ended

        return f"{sided_chip(view.last_closure.verdict, is_short=True)} ×{units.short_count(view.closures)}"
    if view.last_failure is not None:
        from wsmonitor.text.wording.opening_words import obstacle

        status = view.last_failure.status
        return f"{status or obstacle(view.last_failure).how} ×{units.short_count(view.failures)}"
    return units.NONE


def closure_sentence(closure: "Closure", codes: "CloseCodes") -> str:
    """One closure in words, for tooltips and screen readers."""
    from wsmonitor.text.wording.closure_words import closure_words  # as above

    verdict = closure.verdict
    return (
        f"{visible(closure.endpoint, 60)} #{closure.number}: {closure_words(verdict, codes)}, after "
        f"{units.tenths(verdict.life_ns)}; silent before: rx {units.tenths(verdict.silence_rx_ns)}, "
        f"tx {units.tenths(verdict.silence_tx_ns)}"
    )


def _open_for(view: "EndpointView", now_ns: int) -> str:
    """The age of the connection, which a missed heartbeat does not change."""
    return units.age(now_ns - (view.since_ns if view.opened_ns is None else view.opened_ns))


def _waiting(view: "EndpointView", now_ns: int, age: str) -> str:
    countdown = _countdown(view, now_ns)
    if view.waits_its_turn and countdown:
        return f"its turn {countdown}"
    if view.state is State.BACKOFF:
        return f"retry {max(1, view.attempt)} {countdown}" if countdown else f"retry {max(1, view.attempt)} · {age}"
    return f"try {countdown}" if countdown else f"{view.state.value} {age}"


def _countdown(view: "EndpointView", now_ns: int) -> str:
    if view.retry_at_ns is None:
        return ""
    left_ns = view.retry_at_ns - now_ns
    return "now" if left_ns < _NOW_NS else f"in {units.short_duration(left_ns)}"
