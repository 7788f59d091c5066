"""Who kept a connection from opening, and how, as far as that was seen.

The engine words each failed opening once, in its event; this reads those words (a test holds the two
together), so that recordings of any version are told alike.
"""

from collections.abc import Sequence
from typing import NamedTuple

from wsmonitor.facts.events import OpenFailed
from wsmonitor.facts.own_troubles import OwnTrouble
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_text
from wsmonitor.text.units import duration
from wsmonitor.text.wording.layers import Layers, own_troubles

_LIMIT = 200


class Obstacle(NamedTuple):
    """Who stood in the way, and by what, in a word."""

    who: str
    how: str


def obstacle(event: OpenFailed) -> Obstacle:
    """Who and how: `peer or proxy`, `HTTP 403`. Where nobody answered, nobody is named."""
    error = event.error
    if event.status is not None:
        return Obstacle("proxy" if error.startswith("the proxy answered") else "peer or proxy", f"HTTP {event.status}")
    if error.startswith("timed out"):
        return Obstacle("no answer", "timeout")
    if event.phase == "dns":
        return Obstacle("name lookup", "DNS")
    for beginning, found in _BEGINNINGS:
        if error.startswith(beginning):
            return found
    if error.endswith("(RST)") or error.startswith(("the peer reset", "Connection reset")):
        return Obstacle("peer or proxy", "RST")
    if error.endswith("(FIN)") or error.startswith("the peer ended"):
        return Obstacle("peer or proxy", "FIN")
    return Obstacle("we", "settings") if event.fatal else Obstacle("unknown side", event.phase)


def opening_layers(event: OpenFailed, *, own: Sequence[OwnTrouble] = ()) -> Layers:
    """What was seen of a failed opening; `own` is what happened to the monitor itself, at any time."""
    error = visible(redact_text(event.error), _LIMIT)
    took = f"{duration(event.duration_ns)} after the dial"
    troubles = own_troubles(own, event.at_ns - event.duration_ns, event.at_ns, lag_too=True)
    match event.phase:
        case "dns":
            websocket, tcp = "Never reached.", f"Not tried, the name gave no address: {error}."
        case "tcp":
            websocket, tcp = "Never reached.", f"Not connected: {error}."
        case "tls":
            websocket, tcp = "Never reached.", f"Connected; TLS did not come about: {error}."
        case _:
            websocket, tcp = f"The upgrade was asked for; instead of 101: {error}.", f"Connected{_ended(event)}."
    process = f"Failed in phase {event.phase}, {took}."
    if obstacle(event).how == "timeout":
        process = f"We gave up in phase {event.phase}, {took}: that is our own limit."
    return Layers(websocket, tcp, " ".join([process, *troubles]))


_BEGINNINGS = (
    ("connection refused", Obstacle("host/firewall", "refused")),
    ("no route", Obstacle("our kernel", "no route")),
    ("certificate not accepted", Obstacle("we", "certificate")),
    ("TLS failed", Obstacle("peer or proxy", "TLS")),
    ("the answer", Obstacle("peer or proxy", "no upgrade")),
    ("more than", Obstacle("peer or proxy", "redirects")),
)


def _ended(event: OpenFailed) -> str:
    how = obstacle(event).how
    return f", then {how} from the peer or a proxy in front of it" if how in ("FIN", "RST") else ""
