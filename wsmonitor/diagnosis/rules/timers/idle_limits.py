"""Silences that end connections: whose silence agrees most closely, and was never survived for longer.

Four silences are tried: of the server, of the client, of both, and of the client's data messages while its
pings go on. An age that explains as much wins.
"""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from wsmonitor.diagnosis.clusters import MIN_SAMPLES, Cluster, tightest
from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.memory.survived import NEAR, Survived
from wsmonitor.diagnosis.rules.ages import OUTLIVED, common_age, is_outlived
from wsmonitor.diagnosis.rules.candidates import (
    ended_upon_our_bytes,
    may_be_timed,
    one_of_each_moment,
    serials,
    timed,
)
from wsmonitor.diagnosis.rules.clock import is_by_the_clock
from wsmonitor.diagnosis.rules.said.refusal_words import names_credentials
from wsmonitor.diagnosis.rules.timers.heartbeat import interval_ns as heartbeat_interval_ns

Direction = Literal["both", "rx", "tx", "data"]
TOLERANCE = 0.05
LEAST_NS = 1_000_000_000
SHARE = 0.4
"""Of the endings that it could explain, a limit explains at least so many."""
RACE_FROM, RACE_TO = 0.9, 1.2
"""A heartbeat interval within these parts of the limit races with it."""
SURVIVED_FACTOR = 1.15
"""A silence survived that exceeds the limit by this much contradicts it; timers are checked late."""
_EXACT = 0.01
"""How closely endings must agree where silences of about that length were survived as well: a race."""
_SLACK_NS = 100_000_000
_STRAYS = 0.2
"""So many endings after a longer silence, for each that fits, are put down to something else: a sleep, a stall."""
_RARER = 10.0
"""Timers that only data messages reset are so much rarer."""
_MOSTLY, _SHORTER = 0.75, 0.95
_DRAWN: tuple[Direction, ...] = ("both", "data")
_JITTER, _NEED_DRAWN, _VARIED, _APART = 0.11, 4, 4.0, 0.2
_AS_CLOSE = 10.0
"""An age whose accident would be this much likelier than the silence's explains as much."""


class IdleLimit(Struct, frozen=True):
    """A silence that ends connections: whose, how long, which connections, and how sure."""

    direction: Direction
    limit_ns: int
    members: tuple[ConnectionRecord, ...]
    cluster: Cluster
    candidates: int
    is_drawn: bool = False
    """True where the silences only nearly agree: a timer with jitter, or one that looks every so often."""

    @property
    def is_age_as_well(self) -> bool:
        """True if every one was silent in this way since its open, as far as the limit's width can tell."""
        allowed_ns = max(2 * self.cluster.width, 0.02 * self.limit_ns)
        return all(record.life_ns - silence_ns(record, self.direction) <= allowed_ns for record in self.members)


def silence_ns(record: ConnectionRecord, direction: Direction) -> int:
    """The silence before the end of a connection, of this kind."""
    assert record.verdict is not None
    rx_ns, tx_ns = record.verdict.silence_rx_ns, record.verdict.silence_tx_ns
    data_ns = record.ended_ns - record.last_data_tx_ns
    return {"rx": rx_ns, "tx": tx_ns, "both": min(rx_ns, tx_ns), "data": data_ns}[direction]


def candidates(evidence: Evidence) -> list[IdleLimit]:
    """Every silence that fits, whether or not an age fits better."""
    records = unanswered(evidence)
    if len(records) < MIN_SAMPLES:
        return []

    def search() -> list[IdleLimit]:
        return [limit for direction in _SURVIVED if (limit := _limit(evidence, records, direction)) is not None]

    return evidence.remember("idle limits", (evidence.now_ns, serials(records)), search)


def find(evidence: Evidence) -> IdleLimit | None:
    """The silence that fits best, if one does."""
    records = unanswered(evidence)
    best = min(
        candidates(evidence),
        key=lambda limit: (limit.cluster.chance * _doubt(limit), -len(limit.members)),
        default=None,
    )
    if best is None or _is_rather_an_age(evidence, records, best):
        return None
    silences_ns = [silence_ns(record, best.direction) for record in best.members]
    return None if is_by_the_clock(best.members, silences_ns, evidence.ended) else best


def find_drawn(evidence: Evidence) -> IdleLimit | None:
    """A silence that nearly agrees on every end, while the lives differ by far more: drawn anew, or looked at late."""
    records = unanswered(evidence)
    if len(records) < _NEED_DRAWN:
        return None
    lives = [record.life_ns for record in records]
    for direction in _DRAWN:
        silences = [silence_ns(record, direction) for record in records]
        shortest, longest = min(silences), max(silences)
        middle, width = (shortest + longest) / 2, longest - shortest
        if shortest < LEAST_NS or width > 2 * _JITTER * middle:
            continue
        if max(lives) - min(lives) < max(_VARIED * width, _APART * middle):
            continue
        cluster = Cluster(tuple(range(len(records))), middle, width, 2 * _JITTER * middle, 0.0)
        limit = IdleLimit(direction, round(middle), tuple(records), cluster, len(records), is_drawn=True)
        if _is_contradicted(evidence, limit.members, direction, cluster) or (
            direction == "data" and not _is_of_data_alone(limit)
        ):
            continue
        return None if is_by_the_clock(records, silences, evidence.ended) else limit
    return None


def unanswered(evidence: Evidence) -> list[ConnectionRecord]:
    """The endings that silence may have caused: a RST upon our bytes is no timer, credentials are no silence."""
    return one_of_each_moment([record for record in timed(evidence) if not _is_answer(record)])


def _is_rather_an_age(evidence: Evidence, records: list[ConnectionRecord], limit: IdleLimit) -> bool:
    """True if a lifetime limit explains more of the endings, or as many by a more improbable coincidence."""
    age = common_age(evidence, records, TOLERANCE)
    if age is None or is_outlived(evidence, [records[index] for index in age.members]):
        return False
    if limit.is_age_as_well or len(age.members) != len(limit.members):
        return len(age.members) > len(limit.members)
    return age.chance <= _AS_CLOSE * limit.cluster.chance


def _limit(evidence: Evidence, records: list[ConnectionRecord], direction: Direction) -> IdleLimit | None:
    def search() -> Cluster | None:
        values = [silence_ns(record, direction) for record in records]
        return tightest(values, tolerance=TOLERANCE, slack=_SLACK_NS, least=LEAST_NS)

    cluster = evidence.remember(("silences", direction), serials(records), search)
    if cluster is None or cluster.middle < 5 * cluster.width:
        return None
    members = tuple(records[index] for index in cluster.members)
    longest_ns = max(silence_ns(record, direction) for record in members)
    longer = sum(silence_ns(record, direction) > OUTLIVED * longest_ns + _SLACK_NS for record in records)
    if longer > _STRAYS * len(members):
        return None  # as no timer would have it
    if len(members) < SHARE * len(records) or _is_contradicted(evidence, members, direction, cluster):
        return None
    limit = IdleLimit(direction, round(cluster.middle), members, cluster, len(records))
    return None if direction == "data" and not _is_of_data_alone(limit) else limit


def _is_of_data_alone(limit: IdleLimit) -> bool:
    """True if a ping of ours came within half of these silences, and a message had begun most."""
    pinged = sum(silence_ns(record, "tx") < _SHORTER * limit.limit_ns for record in limit.members)
    spoke = sum(record.data_tx > 0 for record in limit.members)
    of = len(limit.members)
    return 2 * pinged >= of and spoke >= _MOSTLY * of and not limit.is_age_as_well


def _is_contradicted(
    evidence: Evidence, members: tuple[ConnectionRecord, ...], direction: Direction, cluster: Cluster
) -> bool:
    """True if connections survived longer silences, or too often silences of just this length."""
    since_ns = min(record.opened_ns for record in members)
    close_calls = 0
    for record in evidence.all_records:
        if record.opened_ns < since_ns or record.gappy:
            continue
        survived = _SURVIVED[direction](record)
        if survived.longest_ns > SURVIVED_FACTOR * cluster.middle:
            return True
        if survived.longest_ns > NEAR * cluster.middle:
            close_calls += survived.times
    if close_calls > len(members):
        # Only a heartbeat of about the same interval explains so many narrow escapes, and exact endings.
        interval_ns = heartbeat_interval_ns(evidence) or 0
        races = RACE_FROM * cluster.middle <= interval_ns <= RACE_TO * cluster.middle
        if not races or cluster.width > max(_EXACT * cluster.middle, _SLACK_NS):
            return True
    return is_outlasted(evidence, direction, cluster.middle, since_ns)


def is_outlasted(evidence: Evidence, direction: Direction, limit_ns: float, since_ns: int) -> bool:
    """True if a connection since then was quiet for longer than the limit when something else ended it, or is now."""
    return any(_is_silent_beyond(record, evidence.now_ns, direction, limit_ns) for record in evidence.live) or any(
        record.closed_ns >= since_ns
        and not _may_be_the_limit(record)
        and _quiet_ns(record, record.ended_ns, direction) > SURVIVED_FACTOR * limit_ns
        for record in (*evidence.ended, *evidence.forced)
        if not record.gappy
    )


_SURVIVED: dict[Direction, Callable[[ConnectionRecord], Survived]] = {
    "both": lambda record: record.survived_both,
    "rx": lambda record: record.survived_rx,
    "tx": lambda record: record.survived_tx,
    "data": lambda record: record.survived_data_tx,
}


def _is_silent_beyond(record: ConnectionRecord, now_ns: int, direction: Direction, limit_ns: float) -> bool:
    """An open connection that has been quiet for longer than the limit, and still lives."""
    return not record.gappy and _quiet_ns(record, now_ns, direction) > 1.5 * limit_ns


def _quiet_ns(record: ConnectionRecord, until_ns: int, direction: Direction) -> int:
    """How long it has been quiet in this way, until something was forced upon it."""
    if record.disrupted_ns is not None:
        until_ns = min(until_ns, record.disrupted_ns)
    quiet_rx_ns, quiet_tx_ns = until_ns - record.last_rx_ns, until_ns - record.last_tx_ns
    quiet_data_ns = until_ns - record.last_data_tx_ns
    return {"rx": quiet_rx_ns, "tx": quiet_tx_ns, "both": min(quiet_rx_ns, quiet_tx_ns), "data": quiet_data_ns}[
        direction
    ]


def _may_be_the_limit(record: ConnectionRecord) -> bool:
    """True where the silence before the end may have been what ended it, or where no end could have come through."""
    verdict = record.verdict
    return verdict is None or may_be_timed(verdict) or verdict.mechanism == "timeout"


def _is_answer(record: ConnectionRecord) -> bool:
    """A RST upon our bytes is a state that was lost, not a timer that ran out; a Close may name credentials."""
    assert record.verdict is not None
    return names_credentials(record.verdict) or (record.verdict.mechanism == "rst" and ended_upon_our_bytes(record))


def _doubt(limit: IdleLimit) -> float:
    """One direction is claimed only where the other one was clearly not silent."""
    if limit.direction == "both":
        return 1.0
    if limit.direction == "data":
        return _RARER
    other: Direction = "tx" if limit.direction == "rx" else "rx"
    busy = sum(silence_ns(record, other) < limit.limit_ns / 2 for record in limit.members)
    return 0.5 if busy else 1e6
