"""IPv6 does not work on this way while IPv4 does: every opening waits for it in vain."""

import re

from wsmonitor.diagnosis.evidence import Evidence, Opening
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, share_exclusivity, support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule, TooFew
from wsmonitor.text.plain_text import visible

NEED = 2
_V6_FIRST = re.compile(r"^\[(?!::1\])[0-9a-f:.%]+\]:\d+ (?P<how>[^;]+)", re.IGNORECASE)
_V4_WORKED = re.compile(r"; \d+\.\d+\.\d+\.\d+:\d+ ok after ")


def judge(evidence: Evidence) -> Judgement:
    tried = [
        opening
        for opening in evidence.openings
        if opening.attempts.startswith("[") and _V6_FIRST.match(opening.attempts)
    ]
    broken = [opening for opening in tried if _is_broken(opening)]
    if not broken or tried[-1] is not broken[-1]:
        return None
    rows = tuple(_row(opening) for opening in reversed(broken[-6:]))
    if len(broken) < NEED:
        return TooFew(have=len(broken), need=NEED, evidence=rows)
    return Match(
        sentence="IPv6 does not work on the way to this host, IPv4 does: each opening first waits for IPv6 in vain.",
        confidence=Confidence(support=support(len(broken) + 1), exclusivity=share_exclusivity(len(broken), len(tried))),
        evidence=rows,
        fix="Mend or remove the host's AAAA record or the IPv6 route. Clients without happy eyeballs fail here.",
    )


def _is_broken(opening: Opening) -> bool:
    """The first address was IPv6, failed or was not finished when IPv4 worked. A refusal costs nothing."""
    first = _V6_FIRST.match(opening.attempts)
    if first is None or not _V4_WORKED.search(opening.attempts):
        return False
    how = first["how"].lower()
    return not how.startswith("ok") and "refused" not in how


def _row(opening: Opening) -> EvidenceRow:
    text = f"tried: {visible(opening.attempts, 180)}"
    return EvidenceRow(text=text, at_ns=opening.at_ns, connection=opening.connection, slot=opening.slot)


RULE = Rule(
    id="broken_ipv6",
    title="broken IPv6",
    judge=judge,
    needs=needs.openings,
    source="RFC 8305",
    reads="which addresses each opening tried, and how long",
    samples=NEED,
    look_alikes=(LookAlike("connect_timeout", "the other family of addresses works"),),
)
