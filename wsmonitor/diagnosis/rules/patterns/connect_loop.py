"""Connections open and end at once, again and again, for a reason that no other rule can tell."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, share_exclusivity, support
from wsmonitor.diagnosis.rules.candidates import one_of_each_moment
from wsmonitor.diagnosis.rules.patterns.fatal_message import last_kinds
from wsmonitor.diagnosis.rules.rows import at_closure, closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule, TooFew
from wsmonitor.diagnosis.rules.short_lives import DOUBTFUL, IN_DOUBT, PRESUMED_NS, chance
from wsmonitor.facts.events import REGULAR_CODES, Verdict
from wsmonitor.text.plain_text import preview

NEED = 3
SHORT_NS = 1_000_000_000
SHORT_REFUSED_NS = 5_000_000_000
_AFTER_A_WHILE = 0.6
"""How sure at most where each lived for a second and more: a limit may be that short."""
_WINDOW_NS = 120_000_000_000
_FIX = (
    "Look at the first message, the code and the reason: often credentials or a subscription are refused after the "
    "upgrade, or a load balancer's target is draining."
)
_HANDLER_FIX = "Look for an exception in the server's log at these times; 1011 says that its handler failed."


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
    stopped = [record for record in evidence.forced if record.closed_ns > run[0].closed_ns]
    if any(record.age_ns(evidence.now_ns) > SHORT_REFUSED_NS for record in (*evidence.live, *stopped)):
        return None
    rows = closure_rows(run, _first_words)
    moments = len(one_of_each_moment(run))
    if moments < NEED:
        return TooFew(have=moments, need=NEED, evidence=rows)
    counter = _counter(evidence, run)
    exclusivity = 0.9 * share_exclusivity(len(run), len(evidence.ended))
    verdicts = [record.verdict for record in run if record.verdict is not None]
    lasts = min(record.life_ns for record in run) >= SHORT_NS
    is_handler = all(verdict.received_code == 1011 for verdict in verdicts)
    return Match(
        sentence=f"{len(run)} connections in a row were accepted and ended within a moment{_because(verdicts)}",
        confidence=Confidence(
            support=support(moments),
            exclusivity=min(IN_DOUBT, exclusivity)
            if counter
            else min(_AFTER_A_WHILE, exclusivity)
            if lasts
            else exclusivity,
        ),
        evidence=rows,
        counter_evidence=counter,
        fix=_HANDLER_FIX if is_handler else _FIX,
        explains=frozenset(record.serial for record in run),
    )


def _because(verdicts: list[Verdict]) -> str:
    """What the codes say, and no more: a bare FIN or RST gives no reason."""
    if all(verdict.received_code == 1011 for verdict in verdicts):
        return " with Close 1011: the server's handler fails right after accepting."
    if all(_is_refused(verdict) for verdict in verdicts):
        return ": something after the upgrade does not want this client."
    return "; nothing says why."


def _counter(evidence: Evidence, run: list[ConnectionRecord]) -> tuple[EvidenceRow, ...]:
    """What else explains such a run: chance, or a message that always came before the end."""
    rows = []
    others = [record for record in (*evidence.ended, *evidence.present) if record not in run]
    presumed_ns = PRESUMED_NS * max(_limit_ns(record.verdict) for record in run if record.verdict) // SHORT_NS
    if chance(run, others, evidence.now_ns, presumed_ns=presumed_ns) > DOUBTFUL:
        rows.append(at_closure(run[0], "lives that end at random would be as short as these now and then"))
    if b"" not in last_kinds(run) and not any(_is_refused(record.verdict) for record in run if record.verdict):
        rows.append(at_closure(run[0], "a message of ours came just before each end: it may be the cause"))
    return tuple(rows)


def _is_short(verdict: Verdict) -> bool:
    if verdict.initiator == "local" or verdict.received_code in REGULAR_CODES:
        return False
    return verdict.life_ns < _limit_ns(verdict)


def _limit_ns(verdict: Verdict) -> int:
    return SHORT_REFUSED_NS if _is_refused(verdict) else SHORT_NS


def _is_refused(verdict: Verdict) -> bool:
    """True if the code says that something was not wanted."""
    code = verdict.received_code or 0
    return code in (1002, 1003, 1008) or 4000 <= code <= 4999


def _first_words(record: ConnectionRecord) -> str:
    return f"first message received: “{preview(record.first_rx, 80)}”" if record.first_rx else "nothing received"


RULE = Rule(
    id="connect_loop",
    title="accepted and dropped again and again",
    judge=judge,
    source="RFC 6455, 7.2.3 (abnormal closures that come back) and 7.4.1",
    reads="lives of the last connections in a row",
    samples=NEED,
    endings=_is_short,
    look_alikes=(
        LookAlike("early_close", "a Close frame came, or more than a tenth of a second passed"),
        LookAlike("message_triggers_close", "no one sort of message precedes the ends"),
    ),
)
