"""Round trips are long only where a lot of data arrived before the pong: it had to wait its turn."""

from wsmonitor.diagnosis.connection_record import LONG_BEHIND_BULK_NS, LONG_FACTOR
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, share_exclusivity, support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.round_trips import is_bulky, is_ours, median, recent
from wsmonitor.diagnosis.rules.rows import at
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.text.units import duration, size

NEED = 3
LEAST_OTHERS = 5
_SHARE = 0.8


def judge(evidence: Evidence) -> Judgement:
    for record in recent(evidence):
        if record.largest_rx_bytes == 0:
            continue
        trips = [trip for trip in record.round_trips if not is_ours(trip)]
        bulky = [trip for trip in trips if is_bulky(trip)]
        others = [trip.round_trip_ns for trip in trips if not is_bulky(trip)]
        if len(bulky) < NEED or len(others) < LEAST_OTHERS:
            continue
        usual_ns = median(others)
        limit_ns = max(LONG_FACTOR * usual_ns, usual_ns + LONG_BEHIND_BULK_NS)
        slow = [trip for trip in trips if trip.round_trip_ns > limit_ns]
        behind = [trip for trip in slow if is_bulky(trip)]
        if len(behind) < NEED or len(behind) < _SHARE * len(slow) or len(behind) < len(bulky) / 2:
            continue
        return Match(
            sentence="Pongs wait behind big messages: round trips are long only while much data arrives.",
            confidence=Confidence(support=support(len(behind)), exclusivity=share_exclusivity(len(behind), len(slow))),
            evidence=tuple(
                at(
                    record,
                    trip.at_ns,
                    f"{duration(trip.round_trip_ns)} with {size(trip.bulk_bytes)} before the pong; usual are "
                    f"{duration(usual_ns)}",
                )
                for trip in reversed(behind[-6:])
            ),
            fix="Send smaller messages, or bulk on a connection of its own; compression may help.",
        )
    return None


RULE = Rule(
    id="head_of_line",
    title="pongs behind big messages",
    severity="warning",
    judge=judge,
    needs=needs.long_round_trips,
    source="RFC 6455, 5.4 (control frames come between frames, not within one)",
    reads="round trips, and bytes received before each pong",
    samples=NEED,
    look_alikes=(LookAlike("rtt_ramp_server", "only pongs behind large messages were late"),),
)
