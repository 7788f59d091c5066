"""One sort of message of ours ends the connection: the server's handler dies of it.

It is told from chance by what the same sort of message did at other times, and from an early close by
connections that lived well until the message came.
"""

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, share_exclusivity, support
from wsmonitor.diagnosis.rules.candidates import causes, those
from wsmonitor.diagnosis.rules.patterns.fatal_message import BURST_NS, Suspect, Trigger, may_react, says_http, suspect
from wsmonitor.diagnosis.rules.patterns.late_failure import late_suspect
from wsmonitor.diagnosis.rules.rows import at_closure
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rival, Rule, TooFew
from wsmonitor.text.plain_text import preview, visible
from wsmonitor.text.units import duration

NEED = 2
CHANCE_LIMIT = 0.01
_CHANCE_OF_ONE = 0.3
_CHANCE_LATE = 0.004
"""Any sort of message and any wait may agree by accident."""
_REGULARLY = 0.1
_DOUBT = 0.85
"""For each other thing that the endings may follow from as well."""

_ALL_WE_SAY = 0.5
"""How sure at most where no message of another sort shows that the sort matters."""


def judge(evidence: Evidence) -> Judgement:
    return _at_once(evidence) or _late(evidence)


def _late(evidence: Evidence) -> Match | None:
    """The end comes a fixed while after the message: what it started fails."""
    one = late_suspect(evidence)
    if one is None or one.chance > _CHANCE_LATE * _patience(one.triggers):
        return None
    triggers = one.triggers
    head, wait = preview(triggers[-1].sent.head, 60), duration(one.waited_ns)
    return Match(
        sentence=f"The message “{head}” ends the connection {wait} later: what it starts on the server most "
        "likely fails.",
        confidence=Confidence(
            support=support(len(triggers)),
            spread=one.share,
            exclusivity=_DOUBT * share_exclusivity(len(triggers), len(those(evidence.ended, may_react))),
        ),
        evidence=tuple(_row(trigger) for trigger in reversed(triggers[-6:])),
        counter_evidence=_harmless(one),
        fix="Send this message by hand and read the server's log for the time until the end: a task, a query or an "
        "upstream that times out.",
        explains=frozenset(trigger.record.serial for trigger in triggers),
        rivals=(Rival("idle_timeout", "if nothing else was said after it, a limit on silence fits as well", "idle"),)
        if all(trigger.record.last_sent[-1] is trigger.sent for trigger in triggers)
        else (),
    )


def _at_once(evidence: Evidence) -> Judgement:
    one = suspect(evidence)
    if one is None or not any(trigger.lived_well_before for trigger in one.triggers):
        return None
    triggers = one.triggers
    rows = tuple(_row(trigger) for trigger in reversed(triggers[-6:]))
    if len(triggers) < NEED:
        if evidence.ended[-1] is not triggers[-1].record or one.chance > _CHANCE_OF_ONE:
            return None
        return TooFew(have=len(triggers), need=NEED, evidence=rows)
    if one.chance > CHANCE_LIMIT * _patience(triggers):
        return None
    head = preview(triggers[-1].sent.head, 60)
    counter = _counter(evidence, one)
    is_all_we_say = all(record.sent_kinds.keys() <= {one.kind} for record in (*evidence.earlier, *evidence.all_records))
    if is_all_we_say:
        counter += (at_closure(triggers[-1].record, "nothing else is ever sent: any message may have this effect"),)
    others = len(those(evidence.ended, may_react)) + sum(trigger.record not in evidence.ended for trigger in triggers)
    return Match(
        sentence=f"The message “{head}” ends the connection: the server's handler most likely fails on it"
        f"{_http(triggers)}.",
        confidence=Confidence(
            support=support(len(triggers) + 1),
            spread=one.share,
            exclusivity=min(
                share_exclusivity(len(triggers), others) * _DOUBT ** len(counter), _ALL_WE_SAY if is_all_we_say else 1.0
            ),
        ),
        evidence=rows,
        counter_evidence=_harmless(one) + counter,
        fix="Send this message by hand and read the server's log; check its schema against what the server expects.",
        explains=frozenset(trigger.record.serial for trigger in triggers),
    )


def _patience(triggers: tuple[Trigger, ...]) -> float:
    """Handlers that fail seldom end with 1000: where all did, chance must be rarer still."""
    codes = {trigger.record.verdict.received_code for trigger in triggers if trigger.record.verdict is not None}
    return _REGULARLY if codes == {1000} else 1.0


def _http(triggers: tuple[Trigger, ...]) -> str:
    """` (it answers “HTTP/1.1 500 ...” into the WebSocket)` where it did."""
    said = next((one.record.verdict.sent_reason for one in reversed(triggers)
                 if one.record.verdict is not None and says_http(one.record.verdict)), None)  # fmt: skip
    return f" (it answers “{visible(said.partition(': ')[2], 60)}” into the WebSocket)" if said else ""


def _row(trigger: Trigger) -> EvidenceRow:
    text = f"ended {duration(trigger.waited_ns)} after our message “{preview(trigger.sent.head, 80)}”"
    return at_closure(trigger.record, text)


def _harmless(one: Suspect) -> tuple[EvidenceRow, ...]:
    harmless = one.sent - len(one.triggers)
    if not harmless:
        return ()
    return (at_closure(one.triggers[-1].record, f"{harmless} of {one.sent} such messages did no harm"),)


def _counter(evidence: Evidence, one: Suspect) -> tuple[EvidenceRow, ...]:
    """What else the endings may answer: the number of the message, or one that left together with it."""
    rows = []
    newest = one.triggers[-1]
    ordinal = newest.sent.ordinal
    if one.ordinals == {ordinal} and ordinal > 1 and all(record.data_tx <= ordinal for record in evidence.all_records):
        text = f"it was message number {ordinal} each time: a limit on their number would look alike; send it first"
        rows.append(at_closure(newest.record, text))
    if all(_has_company(trigger) for trigger in one.triggers):
        text = "others left together with it each time: it may be one of them; send it alone"
        rows.append(at_closure(newest.record, text))
    return tuple(rows)


def _has_company(trigger: Trigger) -> bool:
    """True if a message of another sort left just before it."""
    return any(
        sent.kind != trigger.sent.kind and 0 <= trigger.sent.at_ns - sent.at_ns <= BURST_NS
        for sent in causes(trigger.record)
    )


RULE = Rule(
    id="message_triggers_close",
    title="message that ends the connection",
    judge=judge,
    source="uvicorn ends TCP without a Close when the handler raises; RFC 6455, 7.4.1 (1011)",
    reads="our last messages before each closure, and what others of their sort did",
    samples=NEED,
    is_settled_by_age=False,
    endings=may_react,
    look_alikes=(
        LookAlike("count_limit", "other messages of that number did no harm"),
        LookAlike("idle_timeout", "other messages were followed by no end"),
        LookAlike("protocol_error", "what came instead of a frame follows one sort of message"),
    ),
)
