"""The server closed because it did not get our pong, or did not hear our heartbeat, in time.

It may say so, or only do so: each end a fixed time after a heartbeat of its own that we did not answer as it wants.
"""

import re

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, share_exclusivity, support
from wsmonitor.diagnosis.rules.candidates import may_be_timed, those
from wsmonitor.diagnosis.rules.codes import code_match
from wsmonitor.diagnosis.rules.rows import closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rival, Rule
from wsmonitor.diagnosis.rules.timers.server_heartbeat import unanswered, wait_ns
from wsmonitor.facts.events import Verdict
from wsmonitor.text.plain_text import preview
from wsmonitor.text.units import duration

_REASON = re.compile(r"keep-?\s?alive|\b(ping|pong|heart-?\s?beat)s?\b.{0,12}(time|miss|lost|fail)", re.IGNORECASE)

_UNSAID, _OR_AGE = 0.9, 0.8
"""Less where the ends are of one age as well: who asks by the clock and ends by it shows the same."""
_ONE_AGE = 0.05

_ANSWERED = "The server closed the connection because it missed our answers to its heartbeat."
_NEVER_ASKED = (
    "The server closed the connection over a missed heartbeat, though no ping of it ever reached us: it, or a proxy, "
    "lost them, or it waits for a message instead."
)


def judge(evidence: Evidence) -> Judgement:
    records = those(evidence.unexplained, _says_so)
    if not records:
        return _shown(evidence)
    return code_match(
        evidence,
        records,
        sentence=_ANSWERED if any(record.peer.pings for record in records) else _NEVER_ASKED,
        fix="Something between the server's ping and its reading of our pong took too long: a blocked event loop on "
        "the server, a proxy that swallows control frames, or a server that expects a heartbeat message instead. "
        "Compare its ping times with the pongs in the Messages tab.",
        detail=_beats,
    )


def _shown(evidence: Evidence) -> Judgement:
    """The same without words: what the ends of connections have in common with the server's heartbeat."""
    found = unanswered(evidence)
    if found is None:
        return None
    asked = preview(found.records[-1].peer.asked_head, 40)
    lives = [record.life_ns for record in found.records]
    is_age = max(lives) - min(lives) <= _ONE_AGE * max(lives)
    return Match(
        sentence=f"The server asks “{asked}” and ends the connection {duration(found.wait_ns)} after it last asked, "
        "without the answer that it wants: its own heartbeat of the application.",
        confidence=Confidence(
            support=support(found.samples + 1),
            exclusivity=(_OR_AGE if is_age else _UNSAID) * share_exclusivity(found.samples, found.of),
        ),
        evidence=closure_rows(found.records, lambda record: f"{duration(wait_ns(record))} after it last asked"),
        fix="Answer it: set the application heartbeat of this endpoint (direction server, and its reply).",
        explains=frozenset(record.serial for record in found.records),
        rivals=(
            Rival(
                "lifetime_limit", "connections of one age look the same until its heartbeat is answered", "keepalive"
            ),
        ),
    )


def _beats(record: ConnectionRecord) -> str:
    of_ours = f"of our own pings {record.pongs.number} were answered" if record.pings_ns else "we sent no pings"
    return f"pings of the server until then: {record.peer.pings}; {of_ours}"


def _says_so(verdict: Verdict) -> bool:
    if verdict.initiator != "peer" or verdict.received_code is None:
        return False
    return _REASON.search(verdict.received_reason or "") is not None


def _may_say_so(verdict: Verdict) -> bool:
    return may_be_timed(verdict) or _says_so(verdict)


RULE = Rule(
    id="peer_keepalive_timeout",
    title="keepalive timeout of the server",
    judge=judge,
    source="websockets closes with 1011 keepalive ping timeout",
    reads="reasons of Close frames; heartbeats of the server before each end, and our answers",
    endings=_may_say_so,
    look_alikes=(
        LookAlike("lifetime_limit", "the end follows the server's question, or it says so"),
        LookAlike("idle_timeout", "what counts is the answer, not any byte"),
    ),
)
