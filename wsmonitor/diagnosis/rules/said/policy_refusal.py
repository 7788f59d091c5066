"""The server ends the connection because it does not want this client: credentials, origin, policy."""

from msgspec.structs import replace

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.candidates import ended_upon_our_bytes, those
from wsmonitor.diagnosis.rules.codes import code_match
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rival, Rule
from wsmonitor.diagnosis.rules.said.refusal_words import SERVED_NS, names_credentials, says_unwanted
from wsmonitor.facts.events import Verdict
from wsmonitor.text.plain_text import visible

_UNSAID = 0.5
_SERVED = 0.8
"""Whoever was served for a while may have met a limit, whatever it is called."""


_BESIDE = 0.6
_JUST_THEN_NS = 1_000_000_000
_OTHERS = (
    Rival("connection_limit", "another connection of this endpoint opened just then, and was let in", "limits"),
    Rival("duplicate_client", "another connection of this endpoint opened just then, and stays"),
)
_UPON = (Rival("message_triggers_close", "each end came at once upon a message of ours"),)
_ASKED = (Rival("peer_keepalive_timeout", "the server had asked whether we are there, and got no answer", "keepalive"),)
_AGE = (
    Rival("lifetime_limit", "connections that are served until one age and then refused meet a limit on it", "idle"),
)


def judge(evidence: Evidence) -> Judgement:
    codes = evidence.config.codes
    records = those(evidence.unexplained, lambda verdict: says_unwanted(verdict, codes))
    if not records or _are_the_rest(evidence, records):
        return None
    newest = records[-1].verdict
    assert newest is not None
    assert newest.received_code is not None
    said = visible(newest.received_reason or evidence.config.codes.name(newest.received_code), 100)
    if 2 * sum(map(_is_unsaid, records)) >= len(records):
        return code_match(
            evidence,
            records,
            sentence=f"The server ends the connection with Close {newest.received_code} “{said}” and does not say why: "
            "it refuses this client, or something that this connection did.",
            fix="It had served this connection before. Look for a quota or a limit (number, size or rate of messages, "
            "a time) as well as for an expired token, and read the server's log.",
            detail=lambda record: f"{record.data_tx:,} messages sent, {record.data_rx:,} received",
            doubt=_UNSAID,
        )
    served = any(record.life_ns >= SERVED_NS for record in records)
    is_asked = newest.received_reason == "" and all(record.peer.asked for record in records)
    is_upon = all(record.data_tx and ended_upon_our_bytes(record) for record in records) and not names_credentials(
        newest
    )
    is_beside = any(_opened_beside(evidence, record) for record in records)
    again = "" if served else " The same connection will be refused again until that changes."
    found = code_match(
        evidence,
        records,
        sentence=f"The server refuses this client{' after a while' if served else ''}: Close {newest.received_code} "
        f"“{said}”.",
        fix=f"Check token and its expiry, Origin, and the permissions of this client.{again}",
        doubt=_SERVED if served or is_upon else _BESIDE if is_beside or is_asked else 1.0,
    )
    rivals = _ASKED if is_asked else _AGE if served else _OTHERS if is_beside else ()
    return replace(found, rivals=rivals + (_UPON if is_upon else ()))


def _are_the_rest(evidence: Evidence, records: list[ConnectionRecord]) -> bool:
    """True if as many ends with these codes have a cause already: a limit that says 1008 explains those near it."""
    said = {record.verdict.received_code for record in records if record.verdict is not None}
    claimed = [one for one in evidence.ended if one.serial in evidence.claimed and one.verdict is not None]
    return sum(one.verdict.received_code in said for one in claimed if one.verdict is not None) >= len(records)


def _opened_beside(evidence: Evidence, record: ConnectionRecord) -> bool:
    """True if another connection of the endpoint opened just then, and gives no reason to think it refused."""
    return any(
        other.slot != record.slot
        and abs(other.opened_ns - record.ended_ns) <= _JUST_THEN_NS
        and other.age_ns(evidence.now_ns) > SERVED_NS
        for other in evidence.unharmed
    )


def _is_unsaid(record: ConnectionRecord) -> bool:
    """True for a refusing code of a server that had served the connection for a while, and names no permission."""
    verdict = record.verdict
    return verdict is not None and record.life_ns >= SERVED_NS and not names_credentials(verdict)


def _may_refuse(verdict: Verdict) -> bool:
    return verdict.initiator == "peer" and verdict.received_code is not None


RULE = Rule(
    id="policy_refusal",
    title="refused by policy",
    judge=judge,
    source="RFC 6455, 7.4.1; IANA 3000 and 3003; graphql-ws 4401 and 4403",
    reads="codes and reasons of Close frames",
    endings=_may_refuse,
    look_alikes=(
        LookAlike("rate_limited", "no word speaks of a number or a rate"),
        LookAlike("lifetime_limit", "the ages do not agree, or are too few"),
    ),
)
