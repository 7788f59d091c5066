"""The words for each event: one plain short sentence, and how serious it is.

Peers' text passes through `plain_text.visible`. Closures are worded in `closure_words.py`.
"""

from typing import Literal

from wsmonitor.facts import events, tap_events
from wsmonitor.facts.events import MOST_NOTE, AnyEvent, HeartbeatKind, State
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes
from wsmonitor.text.plain_text import preview, visible
from wsmonitor.text.redact import redact_headers
from wsmonitor.text.units import counted, duration, size
from wsmonitor.text.wording.closure_words import closure_words, disruption_words
from wsmonitor.text.wording.tap_words import tap_words

_KINDS: dict[HeartbeatKind, str] = {
    "ws": "WebSocket ping",
    "app": "application heartbeat",
    "tcp": "kernel TCP",
    "client": "the server's ping to your client",
}
_PHASES = {
    "dns": "name resolved",
    "tcp": "TCP connected",
    "tls": "TLS established",
    "client_http": "your client asked",
    "http": "upgrade answered",
    "app_ready": "application ready",
}
_OPCODES = {1: "text", 2: "binary", 8: "Close", 9: "ping", 10: "pong"}
_ARROWS = {"rx": "↓", "tx": "↑"}
_DISRUPTIONS = {
    "waiting": "waits for the next opening",
    "cancelled": "is taken back",
    "started": "begins",
    "ended": "is over",
}
_LASTING = ("stall", "kernel_blackhole", "mute_pongs", "hold_off")
_STEPS = {"sleep": "the machine slept", "stall": "this process was stopped", "step": "the clock was set"}


def kind_name(kind: HeartbeatKind) -> str:
    """What a kind of heartbeat is called."""
    return _KINDS[kind]


def words(event: AnyEvent, codes: CloseCodes = EVERYBODYS) -> str:
    """One plain line about `event`, with units; never more than a few hundred characters.

    `codes` say what close codes mean where the event happened.
    """
    match event:
        case events.Message() | events.Control() | events.OutboxChanged() | events.MessageStatus():
            return _traffic(event, codes)
        case events.HeartbeatMissed() | events.RttSample() | events.TcpSample():
            return _heartbeat(event)
        case events.LoopLag() | events.ClockJump() | events.ClockAnchor():
            return _clocks(event)
        case events.StateChanged():
            return _state(event)
        case events.PhaseDone():
            return _phase_done(event)
        case events.OpenFailed():
            return _open_failed(event)
        case events.ConnectionClosed(verdict=verdict):
            return f"{closure_words(verdict, codes)}, after {duration(verdict.life_ns)}"
        case events.Disruption():
            return _disruption(event)
        case events.BreakerChanged():
            because = f": {visible(event.reason)}" if event.reason else ""
            return f"{_BREAKER[event.state]}{because}"
        case events.NetworkChanged():
            return f"local address changed from {_address(event.old_address)} to {_address(event.new_address)}"
        case events.KnownEarlier():
            return _earlier(event)
        case events.Note():
            return f"note: {visible(event.text, MOST_NOTE)}"
        case events.AlertChanged():
            over = "" if event.raised else " is over"
            return f"alert {visible(event.rule, 80)}{over}: {visible(event.text, 400)}"
        case events.ExperimentProgress():
            return _experiment_step(event)
        case events.ExperimentResult(answer=answer):
            return f"experiment {visible(answer.name)}: {visible(answer.answer)}"
        case events.SamplesDropped():
            return _dropped(event)
        case events.ProbeLost():
            return f"measurement stopped: {visible(event.reason)}"
        case events.ProbeStarted():
            return f"measurement started (process {event.pid})"
        case _:
            return tap_words(event)  # every event of a tap, and the type checker holds that none is left


def _traffic(
    event: events.Message | events.Control | events.OutboxChanged | events.MessageStatus, codes: CloseCodes
) -> str:
    match event:
        case events.Message():
            return f"{_ARROWS[event.direction]} {_OPCODES.get(event.opcode, '?')}, {size(event.size_bytes)}" + _shown(
                event.payload if event.opcode == 1 else b""
            )
        case events.Control():
            return _control(event, codes)
        case events.OutboxChanged(direction="tx" | "rx"):
            where = "the server" if event.direction == "tx" else "your client"
            return f"{size(event.bytes)} waiting for {where}"
        case events.OutboxChanged():
            dropped = f", {event.dropped:,} dropped so far" if event.dropped else ""
            return f"{counted(event.depth, 'message')} waiting ({size(event.bytes)}){dropped}"
        case events.MessageStatus():
            because = f": {visible(event.reason)}" if event.reason else ""
            return f"message {event.message_id} {_FATES[event.status]}{because}"


def _heartbeat(event: events.HeartbeatMissed | events.RttSample | events.TcpSample) -> str:
    match event:
        case events.HeartbeatMissed():
            text = f"{_KINDS[event.kind]} unanswered for {duration(event.waited_ns)}"
            return f"{text}, {event.consecutive} in a row" if event.consecutive > 1 else text
        case events.RttSample():
            late = ", after it had counted as missed" if event.late else ""
            return f"{_KINDS[event.kind]} answered after {duration(event.round_trip_ns)}{late}"
        case events.TcpSample():
            return f"kernel round trip {duration(event.rtt_ns)}, {counted(event.total_retransmits, 'retransmit')}"


def _clocks(event: events.LoopLag | events.ClockJump | events.ClockAnchor) -> str:
    match event:
        case events.LoopLag():
            return f"the measuring loop woke {duration(event.lag_ns)} late"
        case events.ClockJump():
            return f"{_STEPS[event.kind]} for {duration(event.gap_ns)}"
        case events.ClockAnchor():
            return "clocks compared"


def _earlier(event: events.KnownEarlier) -> str:
    counts = f"{counted(event.closures, 'closure')}, {counted(event.failures, 'failed opening')}"
    found = " ".join(f"{finding.how}: {finding.summary}" for finding in event.findings)
    return f"before this recording: {counts}" + (f"; {visible(found, 600)}" if found else "")


def _experiment_step(event: events.ExperimentProgress) -> str:
    if event.plan is not None:
        return f"experiment {visible(event.name)}: expects {visible(event.plan.prediction)}"
    if event.audit is not None and event.audit.row is not None:
        row = event.audit.row
        return f"experiment {visible(event.name)}: {visible(row.fault)}: {row.verdict}: {visible(row.sentence)}"
    if event.line is None:
        return f"experiment {visible(event.name)}: {visible(event.step)}"
    how = f"ended: {visible(event.line.how)}" if event.line.ended_ns is not None else "opened"
    return f"experiment {visible(event.name)}: connection {event.line.number} ({visible(event.line.group)}) {how}"


_FATES = {
    "queued": "waits to be sent",
    "written": "was handed to our kernel",
    "acked": "was read by the peer",
    "dropped": "was dropped",
    "unknown": "may or may not have arrived",
}
_BREAKER = {
    "closed": "dialling as usual again",
    "open": "dialling slowed down by the circuit breaker",
    "half_open": "circuit breaker lets one attempt through",
}


def severity(event: AnyEvent) -> Literal["info", "warning", "problem"]:
    """How much attention the event deserves; forced endings and our own stop deserve none."""
    match event:
        case events.ConnectionClosed(verdict=verdict):
            return "info" if verdict.is_ours else "warning"
        case (
            events.OpenFailed(fatal=True)
            | events.StateChanged(new=State.FAILED)
            | events.ProbeLost()
            | events.AlertChanged(raised=True)
        ):
            return "problem"
        case events.OpenFailed() | events.HeartbeatMissed() | events.ClockJump() | events.SamplesDropped():
            return "warning"
        case events.StateChanged(new=State.DEGRADED | State.OFFLINE):
            return "warning"
        case (
            events.MessageStatus(status="dropped" | "unknown")
            | events.Disruption(phase="failed")
            | events.BreakerChanged(state="open")
        ):
            return "warning"
        case tap_events.TapRefused() | tap_events.ObserverLost() | tap_events.ProtocolViolated():
            return "warning"
        case events.OutboxChanged(dropped=dropped) if dropped:
            return "warning"
        case _:
            return "info"


def _state(event: events.StateChanged) -> str:
    text = f"{event.old.value} → {event.new.value}"
    if event.attempt > 1 and not event.new.is_open:
        text += f", attempt {event.attempt}"
    if event.retry_in_ns is not None:
        text += f", next in {duration(event.retry_in_ns)}"
    return f"{text}: {visible(event.cause)}" if event.cause else text


def _phase_done(event: events.PhaseDone) -> str:
    what = "connected to the proxy, which timings now describe," if "proxy" in event.detail else _PHASES[event.phase]
    shown = redact_headers(event.detail)
    details = ", ".join(f"{visible(key, 40)} {visible(value, 80)}" for key, value in shown.items())
    text = f"{what} after {duration(event.duration_ns)}"
    return f"{text}: {visible(details, 240)}" if details else text


def _open_failed(event: events.OpenFailed) -> str:
    text = f"could not connect ({event.phase}, after {duration(event.duration_ns)}): {visible(event.error)}"
    body = event.detail.get("body", "").strip()
    if body and not body.startswith("<"):  # a page says less than its status
        text += f" ({visible(body, 120)})"
    if event.retry_after_ns is not None:
        text += f"; told to come back after {duration(event.retry_after_ns)}"
    return text


def _dropped(event: events.SamplesDropped) -> str:
    messages = sum(one.received + one.sent for one in event.unlisted)
    size_bytes = sum(one.received_bytes + one.sent_bytes for one in event.unlisted)
    parts = [f"{counted(messages, 'message')} ({size(size_bytes)}) counted but not listed"] if messages else []
    if event.count > messages:
        parts.append(f"{counted(event.count - messages, 'sample')} dropped")
    return f"{', '.join(parts) or 'nothing dropped'}: the reader was too slow"


def _disruption(event: events.Disruption) -> str:
    argument = f" {visible(event.argument)}" if event.argument else ""
    if event.kind in _LASTING and event.argument:
        argument = f" for {visible(event.argument)}{' s' if event.argument[-1:].isdigit() else ''}"
    kind = disruption_words(event.kind)
    if event.phase == "failed":
        return f"forced {kind}{argument} failed: {visible(event.error)}"
    return f"forced {kind}{argument} {_DISRUPTIONS.get(event.phase, visible(event.phase, 60))}"


def _control(event: events.Control, codes: CloseCodes) -> str:
    text = f"{_ARROWS[event.direction]} {_OPCODES.get(event.opcode, f'opcode {event.opcode}')}"
    if event.opcode == 8 and len(event.payload) >= 2:
        code, reason = int.from_bytes(event.payload[:2], "big"), event.payload[2:]
        own = codes.own_row(code)
        text += f" {code}" + (f" {visible(own.name, 60)}" if own is not None else "") + _shown(reason)
    elif event.payload:
        text += f", {size(len(event.payload))}"
    return f"{text} (held back: pongs are muted)" if event.suppressed else text


def _shown(payload: bytes) -> str:
    return f": {preview(payload)}" if payload else ""


def _address(address: str) -> str:
    return visible(address) or "none"
