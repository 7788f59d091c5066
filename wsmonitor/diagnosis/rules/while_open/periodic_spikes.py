"""Round trips jump at regular intervals: a job, a collector, a scan that comes again and again."""

from functools import partial

from msgspec import Struct

from wsmonitor.diagnosis.clusters import accident
from wsmonitor.diagnosis.connection_record import ConnectionRecord, RoundTrip, long_from_ns
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.round_trips import is_bulky, is_ours, median, pauses, recent
from wsmonitor.diagnosis.rules.rows import at
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.text.units import duration

LEAST_SAMPLES = 30
LEAST_SPIKES = 7
TOLERANCE = 0.1
_SHARE = 0.8
_LONGEST_MULTIPLE = 3
_COARSEST = 0.4
_COMPARABLE = 0.1
"""Spikes smaller than this part of the upper quartile are hiccups between them."""
_CHANCE_LIMIT = 1e-5
"""Looked at again with every spike for hours, so an accident must be rare."""


class _Rhythm(Struct, frozen=True):
    period_ns: float
    agreeing: int
    closeness: float
    chance: float


def judge(evidence: Evidence) -> Judgement:
    for record in recent(evidence):
        spikes = evidence.remember(("spikes", record.serial), record.answers["ws"], partial(_spikes, record))
        rhythm = _rhythm([trip.at_ns for trip in spikes], _ping_ns(record)) if len(spikes) >= LEAST_SPIKES else None
        if rhythm is None:
            continue
        return Match(
            sentence=f"Round trips jump every {duration(rhythm.period_ns)}: something runs at that interval.",
            confidence=Confidence(support=support(rhythm.agreeing), spread=rhythm.closeness),
            evidence=tuple(
                at(record, trip.at_ns, f"{duration(trip.round_trip_ns)} instead of the usual "
                   f"{duration(median([one.round_trip_ns for one in record.round_trips]))}")
                for trip in reversed(spikes[-6:])
            ),
            fix="Look for a job at this interval: garbage collection, a flush, a batch or cron job on the server; a "
            "Wi-Fi scan (about 60 s) here. A kernel round trip that stays flat points to the server.",
        )  # fmt: skip
    return None


def _spikes(record: ConnectionRecord) -> list[RoundTrip]:
    """The first of each run of long round trips, but for what is small beside the others: that has another cause."""
    if len(record.round_trips) < LEAST_SAMPLES:
        return []
    trips = list(record.round_trips)
    every_ns = sorted([trip.round_trip_ns for trip in trips])
    usual_ns = median(every_ns)
    limit_ns = long_from_ns(usual_ns)
    if every_ns[-1] <= limit_ns and not record.earlier_long:
        return []
    first = [trip for trip in record.earlier_long if _is_spike(trip, limit_ns)]
    recent: list[RoundTrip] = []
    in_run = record.is_in_long_run
    for trip in trips:
        is_long = _is_spike(trip, limit_ns)
        if is_long and not in_run:
            recent.append(trip)
        in_run = is_long
    if len(recent) > len(trips) / 3:
        return []
    first += recent
    sizes = sorted(trip.round_trip_ns - usual_ns for trip in first)
    return [trip for trip in first if trip.round_trip_ns - usual_ns >= _COMPARABLE * sizes[3 * len(sizes) // 4]]


def _is_spike(trip: RoundTrip, limit_ns: int) -> bool:
    return trip.round_trip_ns > limit_ns and not is_ours(trip) and not is_bulky(trip)


def _ping_ns(record: ConnectionRecord) -> int:
    """How far pings are apart."""
    return median(pauses([trip.at_ns for trip in record.round_trips]))


def _rhythm(times_ns: list[int], ping_ns: int) -> _Rhythm | None:
    """The period that most pauses are a small multiple of, if that is no accident.

    A spike is seen at the next ping, so pauses are as coarse as pings are apart.
    """
    between = pauses(times_ns)
    ranked = sorted(between)
    best: _Rhythm | None = None
    for guess in {ranked[len(ranked) // 4], ranked[len(ranked) // 2]}:
        folded = sorted(
            pause / multiple for pause in between if 1 <= (multiple := round(pause / guess)) <= _LONGEST_MULTIPLE
        )
        allowed = min(max(2 * TOLERANCE * guess, 1.2 * ping_ns), _COARSEST * guess)
        agreeing = _densest(folded, allowed)
        if len(agreeing) < max(_SHARE * len(between), LEAST_SPIKES - 1):
            continue
        period, width = sum(agreeing) / len(agreeing), agreeing[-1] - agreeing[0]
        chance = accident(len(between), len(agreeing), width=max(width, 0.01 * period), scale=period / 2)
        if chance <= _CHANCE_LIMIT and (best is None or chance < best.chance):
            best = _Rhythm(period, len(agreeing), 1 - 0.5 * width / allowed, chance)
    return best


def _densest(ranked: list[float], width: float) -> list[float]:
    """The longest run of sorted values that lies within `width`."""
    best: list[float] = []
    start = 0
    for end, value in enumerate(ranked):
        while value - ranked[start] > width:
            start += 1
        if end + 1 - start > len(best):
            best = ranked[start : end + 1]
    return best


RULE = Rule(
    id="periodic_spikes",
    title="round trips that jump at regular intervals",
    severity="warning",
    judge=judge,
    needs=needs.long_round_trips,
    reads="times of long round trips",
    samples=LEAST_SPIKES,
    look_alikes=(LookAlike("rtt_ramp_server", "round trips are usual in between"),),
)
