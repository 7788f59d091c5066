"""An ending at three layers: what was seen of WebSocket, of TCP, and of our own process.

Only what was seen is said. Behind a FIN or a RST may be the peer or a proxy in front of it; the first Close
frame, on the other hand, came from whoever speaks WebSocket with us.
"""

from collections.abc import Sequence
from typing import NamedTuple

from wsmonitor.facts.events import IN_DOUBT_LIMIT, Circumstances, TcpEnd, TcpSample, Verdict
from wsmonitor.facts.own_troubles import OwnTrouble
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes
from wsmonitor.text.units import counted, duration, size
from wsmonitor.text.wording.closure_words import NO_CODE, disruption_words, said
from wsmonitor.text.wording.tap_words import crossed_words

NOTABLE_LAG_NS = 50_000_000
"""So much lag of our own is worth a warning beside a verdict."""
WINDOW_NS = 10_000_000_000
_TOLD_LATE_NS = 2_000_000_000
"""Lag and jumps are told up to a second after they were."""


class Layers(NamedTuple):
    """Some sentences for each layer."""

    websocket: str
    tcp: str
    process: str

    @property
    def lines(self) -> tuple[str, str, str]:
        """One line for each layer, its name first."""
        return f"WebSocket: {self.websocket}", f"TCP: {self.tcp}", f"Process: {self.process}"


def closure_layers(
    verdict: Verdict,
    around: Circumstances | None,
    at_ns: int,
    *,
    codes: CloseCodes = EVERYBODYS,
    kernel: TcpSample | None = None,
    own: Sequence[OwnTrouble] = (),
) -> Layers:
    """What is known of a connection whose TCP was gone at `at_ns`.

    `kernel` is the last sample of its socket; `own` is what happened to the monitor itself, at any time.
    """
    return Layers(
        _websocket(verdict, around, codes),
        _tcp(verdict, around, at_ns, kernel),
        _process(verdict, around, at_ns, own),
    )


def own_troubles(own: Sequence[OwnTrouble], since_ns: int, until_ns: int, *, lag_too: bool) -> list[str]:
    """What of `own` happened between these moments, in sentences: sleep and stops, and on request lag."""
    there = [one for one in own if since_ns <= one.at_ns <= until_ns + _TOLD_LATE_NS]
    sentences = [f"{_TROUBLES[one.kind]} for {duration(one.duration_ns)}." for one in there if one.kind in _TROUBLES]
    late_ns = max((one.duration_ns for one in there if one.kind == "lag"), default=0)
    if lag_too and late_ns >= NOTABLE_LAG_NS:
        sentences.append(f"Our own loop ran up to {duration(late_ns)} late meanwhile.")
    return sentences


_TROUBLES = {"sleep": "The machine slept", "stall": "This process was stopped"}
_PEER = "the peer or a proxy in front of it"
_TAPPED_TCP_ENDS: dict[TcpEnd | None, str] = {
    "fin": "FIN from the server, or something before it",
    "rst": "RST from the server, or something before it",
    "timeout": "The server's leg acknowledged nothing any more",
    "our_fin": "FIN from your client",
    "our_rst": "RST from your client",
    "abort": "The tap cut it",
    None: "What ended it was not seen",
}
_TCP_ENDS: dict[TcpEnd | None, str] = {
    "fin": f"FIN from {_PEER}",
    "rst": f"RST from {_PEER}",
    "timeout": "Our kernel gave up: nothing was acknowledged any more",
    "our_fin": "We sent FIN",
    "our_rst": "We reset it",
    "abort": "We cut it",
    None: "What ended it was not seen",
}
_OF_MECHANISM: dict[str, TcpEnd] = {"fin": "fin", "rst": "rst", "timeout": "timeout", "abort": "abort"}
_ASKED = {
    "stop": "Stopped from here.",
    "heartbeat": "Our heartbeat gave up.",
    "policy": "Our policy ended it.",
    "disruption": "Forced from here.",
}
_BY_NOBODY = {
    "peer": "Nothing on this side asked for it.",
    "local": "This side ended it.",
    "os": "This machine's kernel ended it; nothing here asked for it.",
    "unknown": "Nothing on this side asked for it, and nothing says who did.",
}
_BY_NOBODY_OF_TAP = {
    "peer": "Neither the tap nor your client asked for it.",
    "local": "Your client ended it; the tap only passed it on.",
    "os": "This machine's kernel ended the server's leg; neither the tap nor your client asked for it.",
    "unknown": "The tap did not ask for it, and nothing says who did.",
}


def _websocket(verdict: Verdict, around: Circumstances | None, codes: CloseCodes) -> str:
    ours = EVERYBODYS if verdict.by == "heartbeat" else codes  # 4000 is then our own word, not the server's
    we, peer = ("Your client", "The server") if verdict.tapped else ("We", "The peer")
    received = None if verdict.received_code is None else said(verdict.received_code, verdict.received_reason, codes)
    sent = None if verdict.sent_code is None else said(verdict.sent_code, verdict.sent_reason, ours)
    if verdict.mechanism == "protocol_error":
        refused = f"; {_inside(we)} refused with {sent}" if sent is not None else ""
        answer = f" Then came {received}." if received is not None else ""
        return f"{peer} broke the protocol{refused}.{answer}"
    if received is None and sent is None:
        return "No Close frame in either direction."
    first, after = _order(verdict, around)
    if received is not None and sent is not None and first is None:
        return f"{peer} sent {received}, {_inside(we)} sent {sent}; which came first was not recorded."
    crossed = "" if around is None or around.legs is None else crossed_words(around.legs)
    end = f" {crossed[:1].upper()}{crossed[1:]}." if crossed else ""
    if sent is None or first == "rx":
        answered = f"{we} answered with {_answer(verdict)}{after}."
        answer = answered if sent is not None else f"{we} sent none."
        return f"{peer} sent {received}. {answer}{end}"
    answer = f"{peer} answered with {received}{after}." if received is not None else f"{peer} did not answer."
    return f"{we} sent {sent}. {answer}{end}"


def _inside(subject: str) -> str:
    """A subject as it stands inside a sentence."""
    return subject[:1].lower() + subject[1:]


def _order(verdict: Verdict, around: Circumstances | None) -> tuple[str | None, str]:
    """The direction of the first Close, and ` after 3 ms` for the second."""
    if around is not None:
        after = "" if around.answer_ns is None else f" after {duration(around.answer_ns)}"
        return around.first_close, after
    if verdict.mechanism == "close_frame":
        return ("rx" if verdict.initiator == "peer" else "tx"), ""
    return None, ""


def _answer(verdict: Verdict) -> str:
    """Our answer to a Close of the peer, which as a rule repeats its code."""
    if verdict.sent_code == verdict.received_code:
        return "the same"
    return "a Close without a code" if verdict.sent_code == NO_CODE else f"{verdict.sent_code}"


def _tcp(verdict: Verdict, around: Circumstances | None, at_ns: int, kernel: TcpSample | None) -> str:
    if around is None:
        end = _OF_MECHANISM.get(verdict.mechanism)
        ending = (
            f"{_tcp_ends(verdict)[end]}." if end and verdict.initiator != "local" else "How it ended was not recorded."
        )
        return " ".join([ending, *_kernel(kernel, at_ns)])
    sentences = [f"{_tcp_ends(verdict)[around.tcp_end]}{_gone(verdict, around)}."]
    if verdict.tapped:
        if around.unsent_bytes:
            sentences.append(f"{size(around.unsent_bytes)} waited in the tap when the end began.")
        return " ".join([*sentences, *_kernel(kernel, at_ns)])
    if around.unsent_bytes is None:
        sentences.append("What waited in our write buffer is not known.")
    elif around.unsent_bytes:
        sentences.append(f"{size(around.unsent_bytes)} waited in our write buffer when the end began.")
    return " ".join([*sentences, *_kernel(kernel, at_ns)])


def _tcp_ends(verdict: Verdict) -> dict[TcpEnd | None, str]:
    return _TAPPED_TCP_ENDS if verdict.tapped else _TCP_ENDS


def _gone(verdict: Verdict, around: Circumstances) -> str:
    """How long after the end had begun TCP was gone, where that took its time."""
    if around.tcp_end_ns == 0:
        return ""
    since = "the first Close" if verdict.mechanism == "close_frame" else "the end began"
    return f"; it was gone {duration(around.tcp_end_ns)} after {since}"


def _kernel(kernel: TcpSample | None, at_ns: int) -> list[str]:
    if kernel is None or not (kernel.total_retransmits or kernel.unacked):
        return []
    lost = counted(kernel.total_retransmits, "segment")
    return [
        f"By the kernel's count {duration(max(0, at_ns - kernel.at_ns))} before it was gone: {lost} retransmitted,"
        f" {kernel.unacked:,} not acknowledged."
    ]


def _process(verdict: Verdict, around: Circumstances | None, at_ns: int, own: Sequence[OwnTrouble]) -> str:
    sentences = [_asked(verdict)]
    if around is not None:
        sentences += [] if verdict.tapped else _left_over(around)
        sentences.append(_lag(around))
    ended_ns = at_ns - (around.tcp_end_ns if around is not None else 0)
    return " ".join([*sentences, *own_troubles(own, ended_ns - WINDOW_NS, at_ns, lag_too=around is None)])


def _asked(verdict: Verdict) -> str:
    if verdict.by == "disruption" and verdict.forced is not None:
        return f"Forced from here: {disruption_words(verdict.forced)}."
    nobody = _BY_NOBODY_OF_TAP if verdict.tapped else _BY_NOBODY
    asked = nobody[verdict.initiator] if verdict.by is None else _ASKED[verdict.by]
    return asked if verdict.forced is None else f"{asked} A forced {disruption_words(verdict.forced)} was running."


def _left_over(around: Circumstances) -> list[str]:
    sentences = []
    if around.in_doubt:
        doubt = counted(around.in_doubt, "message")
        least = "At least " if around.in_doubt >= IN_DOUBT_LIMIT else ""
        them = "it" if around.in_doubt == 1 else "them"
        sentences.append(f"{least}{doubt} in doubt: written, but nothing proves that the peer read {them}.")
    if around.waiting:
        sentences.append(f"{counted(around.waiting, 'message')} waiting, not written.")
    return sentences or ["No message in doubt or waiting."]


def _lag(around: Circumstances) -> str:
    window = f"in the {duration(around.lag_window_ns)} before"
    if around.lag_ns >= NOTABLE_LAG_NS:
        return f"Our own loop ran up to {duration(around.lag_ns)} late {window}: part of the silence may be ours."
    if around.lag_ns:
        return f"Our own loop was at most {duration(around.lag_ns)} late {window}."
    return f"Our own loop ran on time {window}."
