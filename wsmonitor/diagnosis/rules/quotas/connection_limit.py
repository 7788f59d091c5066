"""A new connection is turned away while others of the endpoint stay open: so many and no more are wanted.

Told from a service that is down by those that it serves meanwhile, and from a client that replaces itself by which one
ends: here the newest.
"""

from msgspec import Struct

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence, Failure
from wsmonitor.diagnosis.findings import Confidence, support
from wsmonitor.diagnosis.rules.rows import closure_rows, failure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rival, Rule
from wsmonitor.diagnosis.rules.said.refusal_words import says_replaced
from wsmonitor.facts.events import OpenFailed, Verdict
from wsmonitor.tables.known_codes import CloseCodes
from wsmonitor.text.plain_text import visible

NEED = 2
_SHARE = 0.75
"""Of all refusals, so many met others that were open: the first may come while these still dial, the last after our
own stop has ended them."""
_AT_ONCE_NS = 500_000_000
_LASTS_NS = 2_000_000_000
"""Those that are let in live for so long at least."""
_SAID = 0.95
_UNSAID = 0.8
_EITHER = 0.6
_REPLACED = Rival("duplicate_client", "what ended had opened before those that stay: they may have replaced it")
_CODES = frozenset({1008, 1013, 3000, 3003})
_STATUSES = frozenset({403, 429, 500, 502, 503, 504})


class _Refusal(Struct, frozen=True):
    """A connection or an opening that was turned away, and how many others were open then."""

    at_ns: int
    beside: int
    said: str
    is_oldest: bool = False
    """It had opened before the others that stay: one of them may have replaced it."""


def judge(evidence: Evidence) -> Judgement:
    lasting = [one for one in evidence.all_records if one.age_ns(evidence.now_ns) >= _LASTS_NS]
    if not lasting or evidence.config.connections < 2:
        return None
    records = [one for one in evidence.unexplained if _is_turned_away(one, evidence.config.codes)]
    failures = [one for one in evidence.unexplained_failures if _may_refuse(one.event)]
    refusals = [_of_record(one, lasting, evidence.now_ns) for one in records]
    refusals += [_of_failure(one, lasting, evidence.now_ns) for one in failures]
    turned = [one for one in refusals if one.beside]
    if len(turned) < max(1, _SHARE * len(refusals)) or (len(turned) < NEED and not _is_stated(records, failures)):
        return None
    most = max(one.beside for one in turned)
    if sum(one.beside == most for one in turned) < 0.7 * len(turned) or _exceeded(lasting, most):
        return None
    said = next((one.said for one in reversed(turned) if one.said), "")
    is_either = not said and all(one.is_oldest for one in turned)
    rows = sorted(closure_rows(records) + failure_rows(failures), key=lambda row: row.at_ns, reverse=True)
    return Match(
        sentence=f"The server lets {most} connection{'s' if most > 1 else ''} of this client in and turns away each "
        f"further one{f' (“{said}”)' if said else ''}: a limit on connections.",
        confidence=Confidence(
            support=support(len(turned) + 2 * (len(turned) >= NEED) + 1),
            exclusivity=_SAID if said else _EITHER if is_either else _UNSAID,
        ),
        rivals=(_REPLACED,) if is_either else (),
        evidence=tuple(rows[:6]),
        fix=f"Open {most} at most, or raise the limit for each client or address on the server or its proxy. The "
        "service itself is up.",
        explains=frozenset([one.serial for one in records] + [one.serial for one in failures]),
    )


def _is_stated(records: list[ConnectionRecord], failures: list[Failure]) -> bool:
    """True if each says by a code or a status that it is refused: after that nobody dials again for a while."""
    return all(one.verdict is not None and one.verdict.received_code in _CODES for one in records) and all(
        one.event.status is not None for one in failures
    )


def _is_turned_away(record: ConnectionRecord, codes: CloseCodes) -> bool:
    verdict = record.verdict
    return verdict is not None and _may_turn_away(verdict) and not says_replaced(verdict, codes)


def _may_refuse(event: OpenFailed) -> bool:
    return event.phase == "http" and (event.status is None or event.status in _STATUSES)


def _of_record(record: ConnectionRecord, lasting: list[ConnectionRecord], now_ns: int) -> _Refusal:
    assert record.verdict is not None
    reason = visible(record.verdict.received_reason or "", 60)
    is_oldest = all(one.opened_ns > record.opened_ns for one in lasting)
    return _Refusal(record.ended_ns, _open_at(record.opened_ns, record.ended_ns, lasting, now_ns), reason, is_oldest)


def _of_failure(failure: Failure, lasting: list[ConnectionRecord], now_ns: int) -> _Refusal:
    status = f"HTTP {failure.event.status}" if failure.event.status is not None else ""
    dialled_ns = failure.at_ns - failure.event.duration_ns
    return _Refusal(failure.at_ns, _open_at(dialled_ns, failure.at_ns, lasting, now_ns), status)


def _open_at(since_ns: int, until_ns: int, lasting: list[ConnectionRecord], now_ns: int) -> int:
    """How many of those that last were open all that time, and went on."""
    return sum(one.opened_ns < until_ns and one.opened_ns + one.age_ns(now_ns) > until_ns + 1_000_000
               and one.opened_ns <= since_ns + _AT_ONCE_NS for one in lasting)  # fmt: skip


def _exceeded(lasting: list[ConnectionRecord], limit: int) -> bool:
    """True if more than so many lasting ones were ever open together."""
    return any(
        sum(other.opened_ns <= one.opened_ns < other.opened_ns + (other.life_ns or 1 << 62) for other in lasting)
        > limit
        for one in lasting
    )


def _may_turn_away(verdict: Verdict) -> bool:
    return verdict.initiator == "peer" and verdict.life_ns <= _AT_ONCE_NS


RULE = Rule(
    id="connection_limit",
    title="limit on connections",
    judge=judge,
    source="RFC 6585, 4 (429); nginx limit_conn answers 503",
    reads="connections and openings that were turned away while others of the endpoint were open",
    samples=NEED,
    endings=_may_turn_away,
    openings=_may_refuse,
    look_alikes=(
        LookAlike("upstream_down", "others of this endpoint were served meanwhile"),
        LookAlike("duplicate_client", "the newest connection ended, not an older one"),
        LookAlike("rate_limited", "the number open was the same each time"),
    ),
)
