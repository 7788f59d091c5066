"""Connections end at the same age whatever happens on them: a lifetime limit. No heartbeat helps."""

import re
from collections.abc import Callable

from msgspec import structs

from wsmonitor.diagnosis.clusters import MIN_SAMPLES, Cluster
from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import (
    LEAST_CONFIDENCE,
    Confidence,
    EvidenceRow,
    share_exclusivity,
    stated_support,
    support,
)
from wsmonitor.diagnosis.rules.ages import LEAST_NS, common_age, is_outlived, of_that_age
from wsmonitor.diagnosis.rules.candidates import (
    may_be_timed,
    names_expiry,
    one_of_each_moment,
    reaction_ns,
    said_words,
    timed,
    weight_of_codes,
)
from wsmonitor.diagnosis.rules.clock import is_by_the_clock
from wsmonitor.diagnosis.rules.known_limits import hint
from wsmonitor.diagnosis.rules.quotas.count_limit import LEAST_RECEIVED
from wsmonitor.diagnosis.rules.round_trips import median
from wsmonitor.diagnosis.rules.rows import at, closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rival, Rule, TooFew
from wsmonitor.diagnosis.rules.timers import idle_limits
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import duration

TOLERANCE = 0.02
SHARE = 0.4
"""Of the endings that it could explain, a limit explains at least so many."""
_DOUBT = 0.7
"""Where the same endings agree in something else as well."""
_UNTRIED = 0.6
"""Where no message passed at all: nothing says that one would not have helped."""
_JITTER, _NEED_JITTERED, _LOOSELY = 0.105, 5, 0.65
_JITTER_SILENT = 0.07
"""Where nothing passed, no message shows that it is not the silence: they must agree more closely."""
_MANY, _LOOSELY_FEW = 8, 0.5
"""Fewer ages of one kind of work are within a fifth of each other now and then."""
_SAYS_AGE = re.compile(r"duration|lifetime|max(imum)?.{0,8}\bage\b|rotat|too old", re.IGNORECASE)
_SAID_ONLY = 0.8
_EXPIRED = (LookAlike("idle_timeout", "the server says that credentials expired, which no traffic puts off"),)
_IN_THE_MIDDLE = 0.5
_NEARLY_ALL = 0.75
_FEW_PINGS = 3
_DONE, _NEED_DONE = 1000, 6
"""Work that is done ends with 1000 too: of such ends, more are asked for."""
_WORK = Rival("connect_loop", "work that takes about so long ends like this as well")
_MUTE = Rival("idle_timeout", "no message was sent, and pings need not count", "idle")
_CLOCK = Rival("clocked_endings", "the ends keep a common step as closely: we redial after equal pauses")
_AS_CLOSELY = 1.0
_ALIKE = 0.1
"""Ages this near are asked whether the clock explains them as well: all of them, not only those that agree best."""


def judge(evidence: Evidence) -> Judgement:
    records = [record for record in timed(evidence) if record.disrupted_ns is None]
    samples = one_of_each_moment(records)
    cluster = common_age(evidence, samples, TOLERANCE)
    if not any(record.data_tx for record in samples):  # a limit on silence that counts messages fits as well
        cluster = common_age(evidence, samples, idle_limits.TOLERANCE)
    found = _jittered(evidence, records, samples) if cluster is None else _agreed(evidence, records, samples, cluster)
    return found or _said(evidence, records) or (_too_few(samples) if cluster is None else None)


def _agreed(
    evidence: Evidence, records: list[ConnectionRecord], samples: list[ConnectionRecord], cluster: Cluster
) -> Match | None:
    """The limit that so many ages agree on, if nothing speaks against one."""
    members = of_that_age(samples, cluster)
    second = _second_group(samples, members)
    fitting = [*members, *second]
    longest = max(members, second, key=lambda group: group[0].life_ns if group else 0)
    if len(fitting) < SHARE * len(samples) or is_outlived(evidence, longest):
        return None
    alike = [record for record in samples if abs(record.life_ns - cluster.middle) <= _ALIKE * cluster.middle]
    if is_by_the_clock(alike, [record.life_ns for record in alike], evidence.ended):
        return None
    return _match(evidence, of_that_age(records, cluster) + second, samples, cluster, second)


def _said(evidence: Evidence, records: list[ConnectionRecord]) -> Match | None:
    """The server names an age when it closes: one sample is enough to say so."""
    said = [one for one in records if one.verdict and _SAYS_AGE.search(one.verdict.received_reason or "")]
    if not said or len(said) < len(records) or said[-1].life_ns < LEAST_NS or is_outlived(evidence, said):
        return None
    newest = said[-1]
    assert newest.verdict is not None
    return Match(
        sentence=f"The server ends the connection at an age of {duration(newest.life_ns)} and says "
        f"“{visible(newest.verdict.received_reason or '', 60)}”: a lifetime limit.",
        confidence=Confidence(support=stated_support(len(said)), exclusivity=_SAID_ONLY),
        evidence=closure_rows(said),
        fix=_fix(newest.life_ns),
        explains=frozenset(record.serial for record in said),
        limit_ns=newest.life_ns,
    )


def _match(
    evidence: Evidence,
    records: list[ConnectionRecord],
    samples: list[ConnectionRecord],
    cluster: Cluster,
    second: list[ConnectionRecord],
) -> Match | None:
    members = of_that_age(samples, cluster)
    has_expired = names_expiry(members)
    counter, rivals = ((), ()) if has_expired else _rivals(evidence, members)
    explained = len(members) + len(second)
    exclusivity = share_exclusivity(explained, len(samples)) * weight_of_codes(members)
    if explained < len(samples):
        text = f"{len(samples) - explained} of {len(samples)} endings came at another age"
        counter += (at(members[-1], members[-1].closed_ns, text),)
    confidence = Confidence(
        support=support(len(cluster.members)),
        spread=cluster.closeness * cluster.certainty,
        exclusivity=exclusivity,
    )
    if confidence.value < LEAST_CONFIDENCE:
        return None
    is_mute = not has_expired and not any(record.data_tx for record in members)
    if rivals:  # causes that fit share what is sure; none is left unsaid for it
        is_silent = is_mute and not any(record.data_rx for record in members)
        confidence = structs.replace(confidence, exclusivity=(_UNTRIED if is_silent else _DOUBT) * exclusivity)
    return Match(
        sentence=_sentence(cluster, members, second, is_mute=is_mute and not second),
        confidence=confidence,
        evidence=closure_rows(records, lambda record: f"{record.data_tx + record.data_rx:,} messages passed"),
        counter_evidence=counter,
        fix=_fix_for(is_mute=is_mute, has_rivals=bool(rivals), has_expired=has_expired)(cluster.middle),
        explains=frozenset(record.serial for record in records),
        limit_ns=round(cluster.middle),
        rivals=rivals,
        ruled_out=_EXPIRED if has_expired else (),
    )


def _sentence(
    cluster: Cluster, members: list[ConnectionRecord], second: list[ConnectionRecord], *, is_mute: bool
) -> str:
    busy = ", however busy they are" if all(record.data_tx + record.data_rx for record in members) else ""
    if second:
        ages = sorted((cluster.middle, median([record.life_ns for record in second])))
        return (
            f"Connections end at an age of {duration(ages[0])} or of {duration(ages[1])}{busy}: two lifetime limits, "
            "such as those of two servers behind one name."
        )
    words = said_words(members)
    if is_mute:
        return (
            f"Connections end at an age of {duration(cluster.middle)}, and we sent no message on them: "
            f"a lifetime limit, or a limit on silence that counts messages only{words}."
        )
    return f"Connections end at an age of {duration(cluster.middle)}{busy}: a lifetime limit{words}."


def _fix_for(*, is_mute: bool, has_rivals: bool, has_expired: bool) -> Callable[[float], str]:
    if has_expired:
        return _fix_of_expired
    return _fix_of_mute if is_mute else _fix_of_age if has_rivals else _fix


def _fix_of_expired(age_ns: float) -> str:
    return (
        f"No heartbeat helps. Renew the credentials and reconnect with them after {duration(0.9 * age_ns)}, or let "
        "them live longer."
    )


def _fix(age_ns: float) -> str:
    return (
        "No heartbeat helps. Raise the limit (a proxy's or load balancer's timeout, a token's expiry, a read "
        f"deadline that nothing resets), or reconnect by yourself after {duration(0.9 * age_ns)}."
        + hint(age_ns / 1e9, frozenset({"lifetime"}))
    )


def _fix_of_age(age_ns: float) -> str:
    """Where something else than the age may be what counts."""
    return f"If it is the age: {_fix(age_ns)[:1].lower()}{_fix(age_ns)[1:]}"


def _fix_of_mute(age_ns: float) -> str:
    return (
        f"Send a message every {duration(age_ns / 2)} or less (an application heartbeat), or run the experiment “idle”:"
        f" if connections then live on, silence was the limit. If not: {_fix(age_ns)[:1].lower()}{_fix(age_ns)[1:]}"
    )


def _second_group(samples: list[ConnectionRecord], members: list[ConnectionRecord]) -> list[ConnectionRecord]:
    """Those of another age that agree as closely, where nearly all are of one of the two."""
    rest = [record for record in samples if record not in members]
    if len(rest) < MIN_SAMPLES:
        return []
    middle = median([record.life_ns for record in rest])
    alike = [record for record in rest if abs(record.life_ns - middle) <= TOLERANCE * middle]
    return alike if len(alike) >= MIN_SAMPLES and len(alike) >= _NEARLY_ALL * len(rest) else []


def _jittered(evidence: Evidence, records: list[ConnectionRecord], samples: list[ConnectionRecord]) -> Match | None:
    """A limit that is drawn anew within some per cent for each connection, as proxies do so that not all end at once.

    Ages of one kind of work are as alike, so it is asked of many, none of whom said that it was done.
    """
    if len(samples) < _NEED_JITTERED:
        return None
    is_silent = not any(record.data_tx + record.data_rx for record in samples)
    lives = sorted(record.life_ns for record in samples)
    middle = (lives[0] + lives[-1]) / 2
    width = lives[-1] - lives[0]
    if (
        lives[0] < LEAST_NS
        or width > 2 * (_JITTER_SILENT if is_silent else _JITTER) * middle
        or is_outlived(evidence, samples)
    ):
        return None
    if sum(abs(life - middle) < width / 6 for life in lives) > _IN_THE_MIDDLE * len(lives):
        return None  # what work takes gathers around its middle, what is drawn does not
    if is_by_the_clock(samples, [record.life_ns for record in samples], evidence.ended):
        return None
    if idle_limits.candidates(evidence) or (len(samples) < _NEED_DONE and all(map(_is_done, samples))):
        return None
    return Match(
        sentence=f"Connections end at an age of {duration(lives[0])} to {duration(lives[-1])}: a lifetime limit of "
        f"about {duration(middle)} that is drawn anew each time.",
        confidence=Confidence(
            support=support(len(samples)),
            spread=_LOOSELY if len(samples) >= _MANY else _LOOSELY_FEW,
            exclusivity=weight_of_codes(samples),
        ),
        evidence=closure_rows(records, lambda record: f"{record.data_tx + record.data_rx:,} messages passed"),
        fix=_fix(middle),
        explains=frozenset(record.serial for record in records),
        limit_ns=round(middle),
        rivals=(_WORK, _MUTE) if not any(record.data_tx for record in samples) else (_WORK,),
    )


def _is_done(record: ConnectionRecord) -> bool:
    return record.verdict is not None and record.verdict.received_code == _DONE


def _rivals(evidence: Evidence, members: list[ConnectionRecord]) -> tuple[tuple[EvidenceRow, ...], tuple[Rival, ...]]:
    """What else the same endings agree in."""
    rows, rivals = [], []
    newest = members[-1]
    for limit in idle_limits.candidates(evidence):
        if len(limit.members) >= len(members):
            text = f"they ended after equal silences of {duration(limit.limit_ns)} as well: other traffic would tell"
            rows.append(at(newest, newest.closed_ns, text))
            rivals.append(Rival("idle_timeout", "the silences agree as well", "idle"))
            break
    if not rivals and all(not record.data_tx for record in members):
        rivals.append(_MUTE)
    if is_by_the_clock(members, [record.life_ns for record in members], evidence.ended, closer=_AS_CLOSELY):
        rivals.append(_CLOCK)
    numbers = {record.data_rx for record in members}
    if len(numbers) == 1 and newest.data_rx >= LEAST_RECEIVED and all(_ends_on_a_message(one) for one in members):
        text = f"each came right after message {newest.data_rx:,} of the server: it may be a limit on their number"
        rows.append(at(newest, newest.closed_ns, text))
        rivals.append(Rival("count_limit", "the server had sent the same number of messages each time"))
    if any(record.peer.pings for record in members) and max(record.peer.pings for record in members) <= _FEW_PINGS:
        text = "the server pings, and a keepalive that does not see our pongs ends at one age too"
        rivals.append(Rival("peer_keepalive_timeout", text, "keepalive"))
    if all(not record.data_tx for record in members):
        rivals.append(Rival("first_message_wanted", "nothing was ever sent on them", "idle"))
    if all(rival.rule != "idle_timeout" for rival in rivals) and _fell_silent_alike(members):
        text = "our messages stopped equally long before each end: others would tell this from a limit on silence"
        rows.append(at(newest, newest.closed_ns, text))
        rivals.append(Rival("idle_timeout", "our messages stopped equally long before as well", "idle"))
    return tuple(rows), tuple(rivals)


def _fell_silent_alike(members: list[ConnectionRecord]) -> bool:
    """True if a limit that only messages of ours reset fits the same ends, whatever pings went on."""
    silences = sorted(idle_limits.silence_ns(record, "data") for record in members)
    middle = silences[len(silences) // 2]
    return middle >= idle_limits.LEAST_NS and silences[-1] - silences[0] <= 2 * idle_limits.TOLERANCE * middle


def _ends_on_a_message(record: ConnectionRecord) -> bool:
    assert record.verdict is not None
    return record.verdict.silence_rx_ns <= reaction_ns(record)


def _too_few(records: list[ConnectionRecord]) -> TooFew | None:
    """Two newest lives that agree make a third one interesting."""
    if len(records) < MIN_SAMPLES - 1:
        return None
    before, last = records[-2:]
    agree = abs(last.life_ns - before.life_ns) <= 2 * TOLERANCE * last.life_ns
    if last.life_ns < LEAST_NS or not agree or len(records) >= MIN_SAMPLES:
        return None
    return TooFew(have=2, need=MIN_SAMPLES, evidence=closure_rows([before, last]))


RULE = Rule(
    id="lifetime_limit",
    title="lifetime limit",
    judge=judge,
    source="gcpdiag LB/BP/2025_002; AWS API Gateway quotas",
    reads="ages of connections at their closure, and ages that were survived",
    samples=MIN_SAMPLES,
    measure=("lives", lambda record: duration(record.life_ns)),
    endings=may_be_timed,
    look_alikes=(
        LookAlike("idle_timeout", "silences differ while the ages agree"),
        LookAlike("clocked_endings", "the pauses between ends differ"),
        LookAlike("server_restarts", "the ends did not come together, and openings worked"),
    ),
)
