"""Connections open and end at once, again and again, for a reason that no other rule can tell."""

from wsmonitor.analysis.connection_record import ConnectionRecord
from wsmonitor.analysis.evidence import Evidence
from wsmonitor.analysis.findings import Confidence, share_exclusivity, support
from wsmonitor.analysis.rules.rows import closure_rows
from wsmonitor.analysis.rules.rule import Judgement, Match, Rule, TooFew
from wsmonitor.events import Verdict
from wsmonitor.plain_text import preview

NEED = 3
SHORT_NS = 1_000_000_000
SHORT_REFUSED_NS = 5_000_000_000
_CHANCE_LIMIT = 0.05
_WINDOW_NS = 120_000_000_000


def judge(evidence: Evidence) -> Judgement:
    run: list[ConnectionRecord] = []
    for record in reversed(evidence.ended):
        assert record.verdict is not None
        if record.serial in evidence.claimed or not _is_short(record.verdict):
            break
        run.append(record)
    run = [record for record in run if run[0].closed_ns - record.closed_ns <= _WINDOW_NS]
    if not run or evidence.now_ns - run[0].closed_ns > _WINDOW_NS:
        return None
    if any(record.age_ns(evidence.now_ns) > SHORT_REFUSED_NS for record in evidence.live):
        return None
    rows = closure_rows(run, _first_words)
    if len(run) < NEED:
        return TooFew(have=len(run), need=NEED, evidence=rows)
    if _is_chance(evidence, run):
        return None
    return Match(
        sentence=f"{len(run)} connections in a row were accepted and ended within "
        "a moment: something after the upgrade does not want this client.",
        confidence=Confidence(
            support=support(len(run)), exclusivity=0.9 * share_exclusivity(len(run), len(evidence.ended))
        ),
        evidence=rows,
        fix="Look at the first message, the code and the reason: often credentials or a subscription are refused "
        "after the upgrade, or a load balancer's target is draining.",
        explains=frozenset(record.serial for record in run),
    )


def _is_chance(evidence: Evidence, run: list[ConnectionRecord]) -> bool:
    """True where short lives are so common among the others that as many in a row are no surprise."""
    others = [one.verdict for one in evidence.ended if one not in run and one.verdict is not None]
    share = (sum(_is_short(verdict) for verdict in others) + 1) / (len(others) + 2)
    return bool(others) and share ** len(run) > _CHANCE_LIMIT


def _is_short(verdict: Verdict) -> bool:
    if verdict.initiator == "local" or verdict.received_code in (1000, 1001):
        return False
    code = verdict.received_code or 0
    if code in (1002, 1003, 1008) or 4000 <= code <= 4999:
        return verdict.life_ns < SHORT_REFUSED_NS
    return verdict.life_ns < SHORT_NS


def _first_words(record: ConnectionRecord) -> str:
    return f"first message received: “{preview(record.first_rx, 80)}”" if record.first_rx else "nothing received"


RULE = Rule(
    id="connect_loop",
    title="accepted and dropped again and again",
    severity="problem",
    judge=judge,
    source="diagnosis.md B 15; details.md, Diagnosis",
    reads="lives of the last connections in a row",
    samples=NEED,
    endings=_is_short,
)
