"""The client comes back, and does not send again what it had sent first: it lives on and hears nothing."""

from collections import defaultdict

from msgspec import Struct

from wsmonitor.diagnosis.clients import Who
from wsmonitor.diagnosis.connection_record import KINDS_KEPT, ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, share_exclusivity, support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import ROWS, at
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule, TooFew
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import counted, duration

NEED = 2
FIRST_NS = 10_000_000_000
"""What a client sends first, so soon after the open, is taken for what it asks for."""
PATIENCE_NS = 5_000_000_000
_SLOWER = 5
"""A client has so many times as long as before to ask again."""
_HEARD = 3
_QUIET = 0.2
"""Of the messages a second that came before: a server that goes on by itself sends more."""


class _Wanted(Struct, frozen=True):
    """What one client sent first: `kind`, at most `after_ns` after the open; then `rate` messages a second came."""

    kind: bytes
    after_ns: int
    rate: float
    records: tuple[ConnectionRecord, ...]


def judge(evidence: Evidence) -> Judgement:
    if not evidence.config.is_tap:
        return None
    of_client: dict[Who, list[ConnectionRecord]] = defaultdict(list)
    for record in sorted(evidence.all_records, key=lambda one: one.opened_ns):
        if not record.gappy and (who := evidence.clients.who.get(record.connection)) is not None:
            of_client[who].append(record)
    lost: list[tuple[ConnectionRecord, bytes]] = []
    came_back = 0
    for records in of_client.values():
        if (wanted := _wanted(records, evidence.now_ns)) is not None:
            without, again = _after(records, wanted, evidence.now_ns)
            lost += [(record, wanted.kind) for record in without]
            came_back += len(without) + again
    if not lost:
        return None
    lost.sort(key=lambda one: one[0].opened_ns)
    rows = tuple(
        at(record, record.opened_ns, f"open for {duration(record.age_ns(evidence.now_ns))} without “{_shown(kind)}”; "
           f"{counted(record.data_rx, 'message')} came")
        for record, kind in reversed(lost[-ROWS:])
    )  # fmt: skip
    if len(lost) < NEED:
        return TooFew(have=len(lost), need=NEED, evidence=rows)
    return Match(
        sentence=f"Your client loses its subscription: it came back {counted(len(lost), 'time')} without sending "
        f"“{_shown(lost[-1][1])}”, which it had sent first, and next to nothing came.",
        confidence=Confidence(support=support(len(lost)), exclusivity=share_exclusivity(len(lost), came_back)),
        evidence=rows,
        fix="Send in the open handler whatever the server must know, not once when the program starts: each new "
        "connection begins without it.",
    )


def _wanted(records: list[ConnectionRecord], now_ns: int) -> _Wanted | None:
    """What this client asked for with its first message, and was given; `None` if nothing was."""
    for record in records:
        first_ns = record.first_tx_ns
        if first_ns is None or not record.first_tx_kind or first_ns - record.opened_ns > FIRST_NS:
            continue
        if record.data_rx < _HEARD:
            continue
        with_it = tuple(one for one in records if _sent(one, record.first_tx_kind))
        firsts = [one.first_tx_ns - one.opened_ns for one in with_it if one.first_tx_ns is not None]
        rate = max(one.data_rx / max(1, one.age_ns(now_ns)) for one in with_it)
        return _Wanted(record.first_tx_kind, max(firsts), rate, with_it)
    return None


def _after(records: list[ConnectionRecord], wanted: _Wanted, now_ns: int) -> tuple[list[ConnectionRecord], int]:
    """The connections that came in place of one that had asked, and did not ask; and how many did."""
    patience_ns = max(PATIENCE_NS, _SLOWER * wanted.after_ns)
    known = {kind for record in wanted.records for kind in record.sent_kinds}
    without, again, has_asked = [], 0, False
    for record in records:
        if record in wanted.records:
            again += has_asked
            has_asked = True
        elif has_asked and not record.forced and record.age_ns(now_ns) >= patience_ns:
            if any(_overlap(record, other, now_ns) for other in wanted.records):
                return [], 0  # it has connections for other work as well
            if len(record.sent_kinds) >= KINDS_KEPT:
                continue  # some of what it sent is forgotten
            is_quiet = record.data_rx < _QUIET * wanted.rate * record.age_ns(now_ns)
            if is_quiet and known.issuperset(record.sent_kinds):  # another first message may ask in another way
                without.append(record)
    return without, again


def _sent(record: ConnectionRecord, kind: bytes) -> bool:
    return record.first_tx_kind == kind or bool(record.sent_kinds[kind])


def _overlap(one: ConnectionRecord, other: ConnectionRecord, now_ns: int) -> bool:
    return one.opened_ns < (other.ended_ns or now_ns) and other.opened_ns < (one.ended_ns or now_ns)


def _shown(kind: bytes) -> str:
    return visible(kind.decode("utf-8", "replace"), 40)


RULE = Rule(
    id="loses_the_subscription",
    title="a subscription that is not renewed",
    judge=judge,
    needs=needs.was_tap,
    reads="on a tap: what a client sends first on each connection, and how much comes then",
    samples=NEED,
    look_alikes=(
        LookAlike("silent_after_open", "on its earlier connection the same client did ask, and was answered"),
        LookAlike("app_unresponsive", "nothing was asked"),
    ),
)
