"""The words for what only a tap can state."""

from wsmonitor.facts.tap_events import (
    LegEnded,
    LegFact,
    ObserverLost,
    ProtocolViolated,
    TapCost,
    TapEvent,
    TapListening,
    TapOpened,
    TapRefused,
)
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_url
from wsmonitor.text.units import duration, size

SIDES = {"client": "your client", "server": "the server, or something before it"}
_HOW = {"fin": "ended TCP (FIN)", "rst": "reset TCP (RST)", "timeout": "acknowledged nothing any more"}
_DIRECTIONS = {"tx": "from your client", "rx": "from the server"}
_REFUSALS = {
    "host": "refused the host",
    "origin": "refused a page of",
    "limit": "turned a client away:",
    "not_http": "refused what is no request of HTTP/1.1:",
    "fault": "turned a client away on purpose:",
}
_LOOPBACKS = {"0.0.0.0:": "127.0.0.1:", "[::]:": "[::1]:"}
_FACTS = {
    "close_up": "your client's Close",
    "close_down": "the server's Close",
    "client_end": "your client's end",
    "server_end": "the server's end",
}


def tap_words(event: TapEvent) -> str:
    """One plain line about `event`."""
    match event:
        case TapListening():
            upstream = visible(redact_url(event.upstream))
            return (
                f"listening: give {visible(event.url)} to your client{_on_this_machine(event)}; it leads to {upstream}"
            )
        case TapOpened():
            who = f"{visible(event.process, 80)} (pid {event.pid})" if event.pid is not None else "a client"
            return f"{who} came from {visible(event.client_address, 60)}"
        case LegEnded():
            return _leg_ended(event)
        case TapCost():
            return f"the tap adds {duration(event.p50_ns)} (p99 {duration(event.p99_ns)}) to each read"
        case TapRefused():
            more = f", {event.count} times" if event.count > 1 else ""
            return f"{_REFUSALS[event.reason]} {visible(event.value, 120)}{more}"
        case ObserverLost():
            since = f"{_DIRECTIONS[event.direction]} is not understood since byte {event.offset:,}"
            return f"what comes {since}: {visible(event.reason, 120)}; it still passes"
        case ProtocolViolated():
            return f"{visible(event.rule, 200)} (byte {event.offset:,}); passed on as it is"


def crossed_words(legs: tuple[LegFact, ...]) -> str:
    """That both sides ended at about the same time, where they did; else empty."""
    crossed = next((one for one in legs[1:] if one.independent), None)
    if crossed is None:
        return ""
    return f"{_FACTS[crossed.fact]} came {duration(crossed.after_ns)} later, too early to be an answer: they crossed"


def _on_this_machine(event: TapListening) -> str:
    """A shorter way where it listens on every address."""
    for anywhere, loopback in _LOOPBACKS.items():
        for address in event.addresses:
            if address.startswith(anywhere):
                scheme, port = event.url.partition(":")[0], address.removeprefix(anywhere)
                return f" (on this machine also {scheme}://{loopback}{port}/)"
    return ""


def _leg_ended(event: LegEnded) -> str:
    if event.how == "ours":
        return f"the tap ended the leg to {SIDES[event.leg]}"
    text = f"{SIDES[event.leg]} {_HOW[event.how]}"
    if event.after_close_ns is not None:
        text += f", {duration(event.after_close_ns)} after the first Close"
    if event.unsent_bytes:
        text += f", with {size(event.unsent_bytes)} waiting for it"
    if event.process == "gone":
        text += "; its process is gone"
    elif event.process == "lives":
        text += "; its process was still there"
    return text
