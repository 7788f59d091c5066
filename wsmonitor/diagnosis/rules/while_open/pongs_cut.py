"""The server sends back only the beginning of what a ping carries."""

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import at
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule, TooFew
from wsmonitor.text.units import counted

NEED = 2


def judge(evidence: Evidence) -> Judgement:
    cut = [record for record in (*evidence.ended, *evidence.present) if record.pongs.cut]
    pongs = sum(record.pongs.cut for record in cut)
    if not cut:
        return None
    rows = tuple(
        at(record, record.last_rx_ns, f"{counted(record.pongs.cut, 'pong')} with the beginning of the ping only")
        for record in reversed(cut[-6:])
    )
    if pongs < NEED:
        return TooFew(have=pongs, need=NEED, evidence=rows)
    newest = cut[-1].pongs
    return Match(
        sentence=f"The server sends back only the first {counted(len(newest.last_cut), 'byte')} of a ping that "
        f"carries {len(newest.last_ping)}: clients that compare the whole take its pongs for none.",
        confidence=Confidence(support=support(pongs)),
        evidence=rows,
        fix="Nothing here needs it: such pongs count as answers. For other clients send pings as short as that, or "
        "report it to the server's makers (RFC 6455, 5.5.3 wants the ping's payload back).",
    )


RULE = Rule(
    id="pongs_cut",
    title="pongs that are cut",
    severity="info",
    judge=judge,
    needs=needs.cut_pongs,
    source="RFC 6455, 5.5.3; libwebsockets keeps ten bytes of a ping",
    reads="payloads of our pings and of the pongs to them",
    samples=NEED,
    look_alikes=(LookAlike("pings_ignored", "what came back is the beginning of the ping"),),
)
