"""The server waits for a first message (a login, `connection_init`, CONNECT) and ends connections that say nothing."""

import re

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, share_exclusivity, support
from wsmonitor.diagnosis.rules.ages import common_age
from wsmonitor.diagnosis.rules.candidates import may_be_timed, one_of_each_moment, those
from wsmonitor.diagnosis.rules.rows import closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rival, Rule
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import duration

NEED = 2
_TOLERANCE = 0.06
_WORDS = re.compile(
    r"\bauth|\blog\s?-?in\b|identif|handshake|\bhello\b|connection.?init|init(ialisation|ialization)?\b.{0,12}time|"
    r"first message|subscri|no (message|data) received|not (joined|registered)|\bconnect packet",
    re.IGNORECASE,
)
_CODES = {4408: "graphql-ws: no connection_init in time"}
_HELLOS = ((re.compile(rb'^0\{"sid"'), "Engine.IO has opened; Socket.IO waits for `40` to join a namespace"),)
_SAID, _GREETED, _REFUSED = 0.95, 0.75, 0.7
_REFUSING = frozenset({1008, 3000, 3003, 4401, 4403})
_WAITED_NS = 500_000_000
"""Who is refused at the door is refused sooner."""


def judge(evidence: Evidence) -> Judgement:
    silent = [record for record in those(evidence.unexplained, may_be_timed) if record.data_tx == 0]
    said = [record for record in silent if _why(record) is not None]
    if len(said) < NEED and not any((_why(record) or ("", 0.0))[1] == _SAID for record in said):
        return None
    age = common_age(evidence, said, _TOLERANCE)
    members = [said[index] for index in age.members] if age is not None else said
    if any(one.data_tx == 0 and one.age_ns(evidence.now_ns) > 1.3 * members[-1].life_ns for one in evidence.live):
        return None
    why, sure = _why(members[-1]) or ("", _REFUSED)
    lives = sorted(record.life_ns for record in members)
    samples = len(one_of_each_moment(members))
    return Match(
        sentence=f"The server waits for a first message and ends connections that say nothing for "
        f"{duration(lives[len(lives) // 2])}: {why}.",
        confidence=Confidence(
            support=support(samples + 1), exclusivity=sure * share_exclusivity(len(members), len(evidence.unexplained))
        ),
        evidence=closure_rows(members, lambda record: f"{record.data_rx} messages received, none sent"),
        fix="Send what it waits for right after the open (preamble of this endpoint): a login, a token, "
        "connection_init, a subscription.",
        explains=frozenset(record.serial for record in said),
        limit_ns=lives[len(lives) // 2] if age is not None else None,
        rivals=()
        if sure == _SAID
        else (
            Rival("idle_timeout", "nothing was ever sent, so any idle limit fits", "idle"),
            Rival("lifetime_limit", "nothing was ever sent, so any age fits", "idle"),
        ),
    )


def _why(record: ConnectionRecord) -> tuple[str, float] | None:
    """What says that a first message is wanted, and how sure that makes."""
    assert record.verdict is not None
    reason, code = record.verdict.received_reason or "", record.verdict.received_code or 0
    if _WORDS.search(reason):
        return f"Close {code} “{visible(reason, 80)}”", _SAID
    if code in _CODES:
        return f"Close {code}{f' “{visible(reason, 80)}”' if reason else ''} ({_CODES[code]})", _SAID
    greeted = next(((words, _GREETED) for shape, words in _HELLOS if shape.match(record.first_rx)), None)
    if greeted is None and code in _REFUSING and not reason and record.life_ns > _WAITED_NS:
        return f"Close {code}, a refusal, though there was nothing yet to refuse", _REFUSED
    return greeted


RULE = Rule(
    id="first_message_wanted",
    title="first message wanted",
    judge=judge,
    source="graphql-ws protocol, ConnectionInit and 4408; Socket.IO connectTimeout",
    reads="connections that sent nothing; codes, reasons and first messages of the server",
    samples=NEED,
    endings=may_be_timed,
    look_alikes=(
        LookAlike("idle_timeout", "the words speak of a login or a first message"),
        LookAlike("policy_refusal", "nothing was sent that could be refused"),
    ),
)
