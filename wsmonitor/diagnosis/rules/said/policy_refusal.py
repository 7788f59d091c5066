"""The server ends the connection because it does not want this client: credentials, origin, policy."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.candidates import those
from wsmonitor.diagnosis.rules.codes import code_match
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rule
from wsmonitor.diagnosis.rules.said.refusal_words import SERVED_NS, names_credentials, says_unwanted
from wsmonitor.facts.events import Verdict
from wsmonitor.text.plain_text import visible

_UNSAID = 0.5
_SERVED = 0.8
"""Whoever was served for a while may have met a limit, whatever it is called."""


def judge(evidence: Evidence) -> Judgement:
    codes = evidence.config.codes
    records = those(evidence.unexplained, lambda verdict: says_unwanted(verdict, codes))
    if not records:
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
    served = all(record.life_ns >= SERVED_NS for record in records)
    again = "" if served else " The same connection will be refused again until that changes."
    return code_match(
        evidence,
        records,
        sentence=f"The server refuses this client{' after a while' if served else ''}: Close {newest.received_code} "
        f"“{said}”.",
        fix=f"Check token and its expiry, Origin, and the permissions of this client.{again}",
        doubt=_SERVED if served else 1.0,
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
    severity="problem",
    judge=judge,
    source="RFC 6455, 7.4.1; IANA 3000 and 3003; graphql-ws 4401 and 4403",
    reads="codes and reasons of Close frames",
    samples=1,
    endings=_may_refuse,
    look_alikes=(
        LookAlike("rate_limited", "no word speaks of a number or a rate"),
        LookAlike("lifetime_limit", "the ages do not agree, or are too few"),
    ),
)
