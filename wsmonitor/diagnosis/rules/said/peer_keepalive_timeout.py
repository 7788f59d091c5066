"""The server closed because it did not get our pong, or did not hear our heartbeat, in time."""

import re

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.candidates import those
from wsmonitor.diagnosis.rules.codes import code_match
from wsmonitor.diagnosis.rules.rule import Judgement, Rule
from wsmonitor.facts.events import Verdict

_REASON = re.compile(r"keep-?\s?alive|\b(ping|pong|heart-?\s?beat)s?\b.{0,12}(time|miss|lost|fail)", re.IGNORECASE)

_ANSWERED = "The server closed the connection because it missed our answers to its heartbeat."
_NEVER_ASKED = (
    "The server closed the connection over a missed heartbeat, though no ping of it ever reached us: it, or a proxy, "
    "lost them, or it waits for a message instead."
)


def judge(evidence: Evidence) -> Judgement:
    records = those(evidence.unexplained, _says_so)
    if not records:
        return None
    return code_match(
        evidence,
        records,
        sentence=_ANSWERED if any(record.peer_pings for record in records) else _NEVER_ASKED,
        fix="Something between the server's ping and its reading of our pong took too long: a blocked event loop on "
        "the server, a proxy that swallows control frames, or a server that expects a heartbeat message instead. "
        "Compare its ping times with the pongs in the Messages tab.",
        detail=_beats,
    )


def _beats(record: ConnectionRecord) -> str:
    of_ours = f"of our own pings {record.pongs} were answered" if record.pings_ns else "we sent no pings"
    return f"pings of the server until then: {record.peer_pings}; {of_ours}"


def _says_so(verdict: Verdict) -> bool:
    if verdict.initiator != "peer" or verdict.received_code in (None, 1000):
        return False
    return _REASON.search(verdict.received_reason or "") is not None


RULE = Rule(
    id="peer_keepalive_timeout",
    title="keepalive timeout of the server",
    severity="problem",
    judge=judge,
    source="websockets closes with 1011 keepalive ping timeout",
    reads="reasons of Close frames",
    samples=1,
    endings=_says_so,
)
