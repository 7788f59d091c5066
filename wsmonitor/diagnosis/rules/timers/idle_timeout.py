"""Connections end after the same silence: something on the path, or the server, hangs up on the quiet.

Where every silence equals the life, a lifetime limit fits as well, and the confidence says so.
"""

import re
from collections.abc import Callable
from itertools import pairwise

from wsmonitor.diagnosis.clusters import MIN_SAMPLES
from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import SETTLED_NS, Evidence
from wsmonitor.diagnosis.findings import (
    LEAST_CONFIDENCE,
    Confidence,
    EvidenceRow,
    share_exclusivity,
    stated_support,
    support,
)
from wsmonitor.diagnosis.rules.candidates import (
    MOMENT_NS,
    may_be_timed,
    names_expiry,
    said_words,
    timed,
    weight_of_codes,
)
from wsmonitor.diagnosis.rules.known_limits import hint
from wsmonitor.diagnosis.rules.rows import at, closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rival, Rule, TooFew
from wsmonitor.diagnosis.rules.timers.heartbeat import interval_ns as heartbeat_interval_ns
from wsmonitor.diagnosis.rules.timers.idle_limits import (
    LEAST_NS,
    SURVIVED_FACTOR,
    Direction,
    IdleLimit,
    find,
    find_drawn,
    is_outlasted,
    silence_ns,
    unanswered,
)
from wsmonitor.tables.path_timeouts import Kind
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import duration

_AMBIGUOUS: dict[Direction, float] = {"both": 0.7, "rx": 0.6, "tx": 0.45, "data": 0.45}
"""How sure at most where the silence is as long as the life. With nothing said at all an idle timeout is the
commoner; where one side did speak, timers that hear only the other one are rarer."""

_SAYS_IDLE = re.compile(r"\bidle|inactiv|no (data|activity|messages?)\b|session timed? ?out", re.IGNORECASE)
_MOSTLY, _SAID_ONLY = 0.6, 0.85
_OR_KEEPALIVE, _ITS_PINGS = 0.7, 0.1

_DRAWN, _DRAWN_FEW, _MANY = 0.65, 0.5, 8
"""How closely silences agree that only nearly do; few of them may do so by accident."""
_OR_AGE = ", or a lifetime limit of that length"
_WHOSE: dict[Direction, str] = {
    "both": "a byte in either direction",
    "rx": "a byte from the server",
    "tx": "a byte from this side",
    "data": "a message from this side (pings do not count)",
}
_KINDS: dict[Direction, frozenset[Kind]] = {
    "both": frozenset({"idle", "idle_tx"}),
    "rx": frozenset(),
    "tx": frozenset({"idle_tx"}),
    "data": frozenset({"idle_tx"}),
}
"""Which known timers would have fired: those that any byte resets would not while one side went on."""


def confidence(limit: IdleLimit) -> Confidence:
    """How sure it is that this silence ends connections; less where it is as long as the lives."""
    supported, spread = support(len(limit.members)), limit.cluster.closeness * limit.cluster.certainty
    exclusivity = share_exclusivity(len(limit.members), limit.candidates)
    if limit.is_drawn:
        spread = _DRAWN if len(limit.members) >= _MANY else _DRAWN_FEW
    if limit.is_age_as_well:
        exclusivity *= min(1.0, _AMBIGUOUS[limit.direction] / (supported * spread * exclusivity))
    elif _is_of_its_pings(limit):
        exclusivity *= _OR_KEEPALIVE
    return Confidence(support=supported, spread=spread, exclusivity=exclusivity * weight_of_codes(limit.members))


def judge(evidence: Evidence) -> Judgement:
    limits = [one for one in (find(evidence), find_drawn(evidence)) if one is not None]
    if not limits:
        return _said(evidence) or _too_few(evidence)
    limit = max(limits, key=lambda one: confidence(one).value)
    if _is_prevented(evidence, limit) or names_expiry(limit.members):
        return None
    sure = confidence(limit)
    if sure.value < LEAST_CONFIDENCE:
        return None
    shown, seconds = _shown(limit), limit.limit_ns / 1e9
    return Match(
        sentence=f"Connections end after {shown} without {_WHOSE[limit.direction]}: "
        f"an idle timeout on the path or in the server{_OR_AGE if limit.is_age_as_well else ''}"
        f"{said_words(limit.members)}.",
        confidence=sure,
        evidence=closure_rows(limit.members, _silences_of(limit)),
        counter_evidence=_doubts(limit),
        fix=_fix(limit, shown) + hint(seconds, _KINDS[limit.direction]),
        explains=frozenset(record.serial for record in _with_those_of_the_moment(evidence, limit)),
        limit_ns=limit.limit_ns,
        rivals=_rivals(limit),
    )


def _shown(limit: IdleLimit) -> str:
    if not limit.is_drawn:
        return duration(limit.limit_ns)
    half_ns = limit.cluster.width / 2
    return f"{duration(limit.limit_ns - half_ns)} to {duration(limit.limit_ns + half_ns)}"


def _said(evidence: Evidence) -> Match | None:
    """The server names the silence when it closes: one sample is enough to say so."""
    records = [one for one in timed(evidence) if one.verdict and _SAYS_IDLE.search(one.verdict.received_reason or "")]
    if not records or len(records) < _MOSTLY * len(timed(evidence)):
        return None
    newest = records[-1]
    assert newest.verdict is not None
    quiet_ns = max(silence_ns(newest, "both"), newest.ended_ns - newest.last_data_tx_ns)
    if quiet_ns < LEAST_NS or is_outlasted(evidence, "data", quiet_ns, newest.opened_ns):
        return None
    return Match(
        sentence=f"The server ends the connection after {duration(quiet_ns)} without a message from this side and says "
        f"“{visible(newest.verdict.received_reason or '', 60)}”: an idle timeout.",
        confidence=Confidence(support=stated_support(len(records)), exclusivity=_SAID_ONLY),
        evidence=closure_rows(records, _silences),
        fix=f"Send a message or a heartbeat at least every {_half(quiet_ns)}, or raise the limit.",
        explains=frozenset(record.serial for record in records),
        limit_ns=quiet_ns,
    )


def _with_those_of_the_moment(evidence: Evidence, limit: IdleLimit) -> list[ConnectionRecord]:
    """What ended in one moment with those that fit, after the same silence."""
    moments = [record.ended_ns for record in limit.members]
    return [
        record
        for record in timed(evidence)
        if any(abs(record.ended_ns - at_ns) <= MOMENT_NS for at_ns in moments)
        and abs(silence_ns(record, limit.direction) - limit.limit_ns) <= limit.cluster.allowed
    ]


def _rivals(limit: IdleLimit) -> tuple[Rival, ...]:
    """What the same silences show as where nothing was said that would tell."""
    if not limit.is_age_as_well:
        text = "the silence is as long as its pings are apart: a keepalive that sees no pong ends like this too"
        return (Rival("peer_keepalive_timeout", text, "keepalive"),) if _is_of_its_pings(limit) else ()
    rivals = [Rival("lifetime_limit", "the silences are as long as the lives", "idle")]
    if all(not record.data_tx for record in limit.members):
        rivals.append(Rival("first_message_wanted", "nothing was ever sent on them", "idle"))
    if any(record.peer.pings or record.peer.asked for record in limit.members):
        rivals.append(Rival("peer_keepalive_timeout", "the server has a heartbeat of its own", "keepalive"))
    return tuple(rivals)


def _is_of_its_pings(limit: IdleLimit) -> bool:
    """True if the server's pings, as far as it sent any, are as far apart as the silence that ends its connections."""
    pauses_ns = [
        later - earlier
        for record in limit.members
        for earlier, later in pairwise((record.opened_ns, *record.peer.pings_ns))
    ]
    asked = all(record.peer.pings for record in limit.members)
    return asked and all(abs(pause - limit.limit_ns) <= _ITS_PINGS * limit.limit_ns for pause in pauses_ns)


def _is_prevented(evidence: Evidence, limit: IdleLimit) -> bool:
    """True if our heartbeat is quick enough by now, and a connection has outlived the limit by far with it."""
    interval_ns = heartbeat_interval_ns(evidence)
    if limit.direction == "data" or interval_ns is None or interval_ns > limit.limit_ns / 2:
        return False
    newest_ns = max(record.closed_ns for record in limit.members)
    patience_ns = max(SETTLED_NS, 3 * limit.limit_ns)
    return any(one.opened_ns >= newest_ns and one.age_ns(evidence.now_ns) > patience_ns for one in evidence.unharmed)


def _silences(record: ConnectionRecord) -> str:
    assert record.verdict is not None
    return f"silent: server {duration(record.verdict.silence_rx_ns)}, we {duration(record.verdict.silence_tx_ns)}"


def _silences_of(limit: IdleLimit) -> Callable[[ConnectionRecord], str]:
    if limit.direction != "data":
        return _silences
    return lambda record: f"our last message {duration(silence_ns(record, 'data'))} before, pings went on"


def _doubts(limit: IdleLimit) -> tuple[EvidenceRow, ...]:
    rows = []
    newest = limit.members[-1]
    if limit.is_age_as_well:
        text = "the silences are as long as the lives: traffic would tell this from a lifetime limit"
        rows.append(at(newest, newest.closed_ns, text))
    if limit.candidates > len(limit.members):
        text = f"{limit.candidates - len(limit.members)} of {limit.candidates} endings do not fit"
        rows.append(at(newest, newest.closed_ns, text))
    return tuple(rows)


def _fix(limit: IdleLimit, shown: str) -> str:
    if limit.direction == "data":
        return (
            f"Send a message of the application, such as its own heartbeat, at least every "
            f"{_half(limit.limit_ns)}: pings do not keep these connections. Or raise the limit of {shown}."
        )
    if limit.direction == "rx":
        return (
            f"Make the server send something at least every {_half(limit.limit_ns)}; our pings help as far "
            "as it answers them. Or raise the timeout of what waits for its bytes."
        )
    return f"Send a heartbeat at least every {_half(limit.limit_ns)}, or raise the limit of {shown}."


def _half(limit_ns: int) -> str:
    """Half of the limit in two digits: an exact number would pretend to be one."""
    half_ns = limit_ns // 2
    step_ns = 10 ** max(0, len(str(half_ns)) - 2)
    return duration(half_ns // step_ns * step_ns)


def _too_few(evidence: Evidence) -> TooFew | None:
    quiet = [record for record in unanswered(evidence) if silence_ns(record, "both") >= LEAST_NS]
    if not 0 < len(quiet) < MIN_SAMPLES or evidence.ended[-1] is not quiet[-1]:
        return None
    limit_ns = silence_ns(quiet[-1], "both")
    if any(record.survived_both.longest_ns > SURVIVED_FACTOR * limit_ns for record in evidence.all_records):
        return None
    if is_outlasted(evidence, "both", limit_ns, quiet[0].opened_ns):
        return None
    return TooFew(have=len(quiet), need=MIN_SAMPLES, evidence=closure_rows(quiet, _silences))


RULE = Rule(
    id="idle_timeout",
    title="idle timeout",
    judge=judge,
    source="nginx.org, WebSocket proxying; AWS ALB idle timeout",
    reads="silences before closures, by direction, and silences that were survived",
    samples=MIN_SAMPLES,
    measure=("silences", lambda record: duration(silence_ns(record, "both"))),
    endings=may_be_timed,
    look_alikes=(
        LookAlike("lifetime_limit", "ages differ while the silences agree"),
        LookAlike("count_limit", "no message preceded the end at once"),
        LookAlike("peer_keepalive_timeout", "the server asked for nothing before"),
    ),
)
