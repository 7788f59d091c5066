"""Connections end after the same silence: something on the path, or the server, hangs up on the quiet.

Four silences are tried: of the server, of the client, of both, and of the client's data messages while its
pings go on. The one that agrees most closely and that no connection survived for longer is the one that
counts. Where every silence equals the life, a lifetime limit fits as well, and the confidence says so
(`details.md`, Diagnosis).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from wsmonitor.analysis.clusters import MIN_SAMPLES, Cluster, tightest
from wsmonitor.analysis.connection_record import ConnectionRecord
from wsmonitor.analysis.evidence import SETTLED_NS, Evidence
from wsmonitor.analysis.findings import LEAST_CONFIDENCE, Confidence, EvidenceRow, share_exclusivity, support
from wsmonitor.analysis.heartbeat_interval import heartbeat_interval_ns
from wsmonitor.analysis.rules.ages import OUTLIVED, common_age, is_outlived
from wsmonitor.analysis.rules.candidates import ended_upon_our_bytes, may_be_timed, serials, timed
from wsmonitor.analysis.rules.clock import is_by_the_clock
from wsmonitor.analysis.rules.known_limits import hint
from wsmonitor.analysis.rules.rows import at, closure_rows
from wsmonitor.analysis.rules.rule import Judgement, Match, Rule, TooFew
from wsmonitor.analysis.survived import NEAR, Survived
from wsmonitor.analysis.units import duration
from wsmonitor.tables.path_timeouts import Kind

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
_STRAYS = 0.125
"""So many endings after a longer silence, for each that fits, are put down to something else: a sleep, a stall."""
_AMBIGUOUS: dict[Direction, float] = {"both": 0.7, "rx": 0.6, "tx": 0.45, "data": 0.45}
"""How sure at most where the silence is as long as the life. With nothing said at all an idle timeout is the
commoner; where one side did speak, timers that hear only the other one are rarer."""

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
_RARER = 10.0
"""Timers that only data messages reset are so much rarer."""
_MOSTLY = 0.75
_AS_CLOSE = 10.0
"""An age whose accident would be this much likelier than the silence's explains as much."""


@dataclass(frozen=True)
class IdleLimit:
    """A silence that ends connections: whose, how long, which connections, and how sure."""

    direction: Direction
    limit_ns: int
    members: tuple[ConnectionRecord, ...]
    cluster: Cluster
    candidates: int

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
    records = _records(evidence)
    if len(records) < MIN_SAMPLES:
        return []
    return [limit for direction in _SURVIVED if (limit := _limit(evidence, records, direction)) is not None]


def find(evidence: Evidence) -> IdleLimit | None:
    """The silence that fits best, if one does."""
    records = _records(evidence)
    best = min(
        candidates(evidence),
        key=lambda limit: (limit.cluster.chance * _doubt(limit), -len(limit.members)),
        default=None,
    )
    if best is None or _is_rather_an_age(evidence, records, best):
        return None
    silences_ns = [silence_ns(record, best.direction) for record in best.members]
    return None if is_by_the_clock(best.members, silences_ns, evidence.ended) else best


def _records(evidence: Evidence) -> list[ConnectionRecord]:
    return [record for record in timed(evidence) if not _is_answer(record)]


def confidence(limit: IdleLimit) -> Confidence:
    """How sure it is that this silence ends connections; less where it is as long as the lives."""
    supported, spread = support(len(limit.members)), limit.cluster.closeness * limit.cluster.certainty
    exclusivity = share_exclusivity(len(limit.members), limit.candidates)
    if limit.is_age_as_well:
        exclusivity *= min(1.0, _AMBIGUOUS[limit.direction] / (supported * spread * exclusivity))
    return Confidence(support=supported, spread=spread, exclusivity=exclusivity)


def judge(evidence: Evidence) -> Judgement:
    limit = find(evidence)
    if limit is None:
        return _too_few(evidence)
    if _is_prevented(evidence, limit):
        return None
    sure = confidence(limit)
    if sure.value < LEAST_CONFIDENCE:
        return None
    shown, seconds = duration(limit.limit_ns), limit.limit_ns / 1e9
    return Match(
        sentence=f"Connections end after {shown} without {_WHOSE[limit.direction]}: "
        f"an idle timeout on the path or in the server{_OR_AGE if limit.is_age_as_well else ''}.",
        confidence=sure,
        evidence=closure_rows(limit.members, _silences_of(limit)),
        counter_evidence=_doubts(limit),
        fix=_fix(limit, shown) + hint(seconds, _KINDS[limit.direction]),
        explains=frozenset(record.serial for record in limit.members),
        limit_ns=limit.limit_ns,
    )


def _is_prevented(evidence: Evidence, limit: IdleLimit) -> bool:
    """True if our heartbeat is quick enough by now, and a connection has outlived the limit by far with it."""
    interval_ns = heartbeat_interval_ns(evidence.config)
    if limit.direction == "data" or interval_ns is None or interval_ns > limit.limit_ns / 2:
        return False
    newest_ns = max(record.closed_ns for record in limit.members)
    patience_ns = max(SETTLED_NS, 3 * limit.limit_ns)
    return any(one.opened_ns >= newest_ns and one.age_ns(evidence.now_ns) > patience_ns for one in evidence.live)


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
    """True if our pings went on during most of these silences, and a message had begun them."""
    least = _MOSTLY * len(limit.members)
    pinged = sum(silence_ns(record, "tx") < limit.limit_ns / 2 for record in limit.members)
    spoke = sum(record.data_tx > 0 for record in limit.members)
    return pinged >= least and spoke >= least and not limit.is_age_as_well


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
        interval_ns = heartbeat_interval_ns(evidence.config) or 0
        races = RACE_FROM * cluster.middle <= interval_ns <= RACE_TO * cluster.middle
        if not races or cluster.width > max(_EXACT * cluster.middle, _SLACK_NS):
            return True
    return any(_is_silent_beyond(record, evidence.now_ns, direction, cluster.middle) for record in evidence.live)


_SURVIVED: dict[Direction, Callable[[ConnectionRecord], Survived]] = {
    "both": lambda record: record.survived_both,
    "rx": lambda record: record.survived_rx,
    "tx": lambda record: record.survived_tx,
    "data": lambda record: record.survived_data_tx,
}


def _is_silent_beyond(record: ConnectionRecord, now_ns: int, direction: Direction, limit_ns: float) -> bool:
    """An open connection that has been quiet for longer than the limit, and still lives."""
    if record.gappy or record.forced:
        return False
    quiet_rx_ns, quiet_tx_ns = now_ns - record.last_rx_ns, now_ns - record.last_tx_ns
    quiet_data_ns = now_ns - record.last_data_tx_ns
    quiet_ns = {"rx": quiet_rx_ns, "tx": quiet_tx_ns, "both": min(quiet_rx_ns, quiet_tx_ns), "data": quiet_data_ns}
    return quiet_ns[direction] > 1.5 * limit_ns


def _is_answer(record: ConnectionRecord) -> bool:
    """A RST upon our bytes is a state that was lost, not a timer that ran out."""
    assert record.verdict is not None
    return record.verdict.mechanism == "rst" and ended_upon_our_bytes(record)


def _doubt(limit: IdleLimit) -> float:
    """One direction is claimed only where the other one was clearly not silent."""
    if limit.direction == "both":
        return 1.0
    if limit.direction == "data":
        return _RARER
    other: Direction = "tx" if limit.direction == "rx" else "rx"
    busy = sum(silence_ns(record, other) < limit.limit_ns / 2 for record in limit.members)
    return 0.5 if busy else 1e6


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
    quiet = [record for record in timed(evidence) if silence_ns(record, "both") >= LEAST_NS and not _is_answer(record)]
    if not 0 < len(quiet) < MIN_SAMPLES or evidence.ended[-1] is not quiet[-1]:
        return None
    if any(
        record.survived_both.longest_ns > SURVIVED_FACTOR * silence_ns(quiet[-1], "both")
        for record in evidence.all_records
    ):
        return None
    return TooFew(have=len(quiet), need=MIN_SAMPLES, evidence=closure_rows(quiet, _silences))


RULE = Rule(
    id="idle_timeout",
    title="idle timeout",
    severity="problem",
    judge=judge,
    source="diagnosis.md B 1 and 2; nginx.org, WebSocket proxying; AWS ALB idle timeout",
    reads="silences before closures, by direction, and silences that were survived",
    samples=MIN_SAMPLES,
    endings=may_be_timed,
)
