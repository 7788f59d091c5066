"""The server never answers a ping as the protocol wants, or never in time, though it lives."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.round_trips import is_ours
from wsmonitor.diagnosis.rules.rows import at
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule, TooFew
from wsmonitor.text.units import duration, exact_s

NEED = 3
_OURS = 0.5
_CONSISTENTLY = 0.8
_PATH_SHARE = 0.3
_LATE_EXCLUSIVITY = 0.9


def judge(evidence: Evidence) -> Judgement:
    records = [record for record in (*evidence.ended, *evidence.present) if not record.forced]
    if any(record.answers["ws"] for record in records):
        return _too_late(evidence, records)
    deaf = [record for record in records if _lives_without_pongs(record)]
    missed = sum(record.misses["ws"].total for record in deaf)
    if not deaf:
        return None
    rows = tuple(
        at(record, record.last_rx_ns, f"{record.misses['ws'].total} pings without their pong, {_sign_of_life(record)}")
        for record in reversed(deaf[-6:])
    )
    if missed < NEED:
        return TooFew(have=missed, need=NEED, evidence=rows)
    pongs = sum(record.pongs.number for record in deaf)
    how = f"answers with {pongs} pongs that carry what we never sent" if pongs else "never answers a ping"
    return Match(
        sentence=f"The server {how}, though {_though(deaf)}: it, or a proxy, does not follow the protocol.",
        confidence=Confidence(support=support(missed)),
        evidence=rows,
        fix="Switch the pings of this endpoint off and use a heartbeat of the application; report it to the server's "
        "makers (RFC 6455, 5.5.2 wants a pong with the ping's payload).",
        explains=frozenset(record.serial for record in deaf if _answered_close(record)),
    )


def _lives_without_pongs(record: ConnectionRecord) -> bool:
    missed = record.misses["ws"]
    if missed.last is None or missed.last.lag_ns >= _OURS * missed.last.waited_ns:
        return False
    return _answered_close(record) or _sent_bytes(record)


def _sent_bytes(record: ConnectionRecord) -> bool:
    """Something arrived after a ping that stays without its pong. A Close is none of it."""
    return record.last_rx_ns > record.misses["ws"].first_ns


def _sign_of_life(record: ConnectionRecord) -> str:
    return "bytes came all the same" if _sent_bytes(record) else "our Close was answered all the same"


def _though(deaf: list[ConnectionRecord]) -> str:
    return "other bytes arrive" if any(map(_sent_bytes, deaf)) else "it answers our Close"


def _answered_close(record: ConnectionRecord) -> bool:
    """We gave it up, and it answered our Close: it lives, and answers no pings."""
    verdict = record.verdict
    return verdict is not None and verdict.by == "heartbeat" and verdict.received_code is not None


def _too_late(evidence: Evidence, records: list[ConnectionRecord]) -> Judgement:
    """Every ping is answered, and hardly one in time, though the path is quick."""
    late = [(record, trip) for record in records for trip in record.round_trips if trip.late and not is_ours(trip)]
    trips = sum(len(record.round_trips) for record in records)
    if not late or len(late) < _CONSISTENTLY * trips or _is_path_slow(late[-1][0], late[-1][1].round_trip_ns):
        return None
    rows = tuple(
        at(record, trip.at_ns, f"a pong after {duration(trip.round_trip_ns)}, when its ping had counted as missed")
        for record, trip in reversed(late[-6:])
    )
    if len(late) < NEED:
        return TooFew(have=len(late), need=NEED, evidence=rows)
    return Match(
        sentence=f"The server answers pings, but only after {duration(late[-1][1].round_trip_ns)}: later than our "
        f"timeout of {exact_s(evidence.config.ping.timeout_s)}, while the kernel over there acknowledges at once.",
        confidence=Confidence(support=support(len(late)), exclusivity=_LATE_EXCLUSIVITY),
        evidence=rows,
        fix="See what holds pongs back on the server: a handler that blocks, or a queue they wait in. If it is meant "
        "to be so, raise ping.timeout_s.",
    )


def _is_path_slow(record: ConnectionRecord, round_trip_ns: int) -> bool:
    """True unless the kernel says that the path needs only a small part of the round trip."""
    return not record.kernel or record.kernel[-1].rtt_ns > _PATH_SHARE * round_trip_ns


RULE = Rule(
    id="pings_ignored",
    title="pings without pongs in time",
    severity="warning",
    judge=judge,
    needs=needs.ends_or_misses,
    source="RFC 6455, 5.5.2 and 5.5.3",
    reads="missed pings while other bytes arrive",
    samples=NEED,
    look_alikes=(
        LookAlike("path_dead", "data went on in both directions"),
        LookAlike("peer_stuck", "data went on in both directions"),
    ),
)
