"""Round trips that grow and grow: how a ramp is told from noise, and who builds the queue."""

from functools import partial

from msgspec import Struct

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, support
from wsmonitor.diagnosis.rules.round_trips import is_bulky, is_ours, median, recent, trend
from wsmonitor.diagnosis.rules.rows import at
from wsmonitor.facts.events import TcpSample
from wsmonitor.text.units import duration

GROWTH = 4
LEAST_NS = 20_000_000
LEAST_SAMPLES = 13
WINDOW = 40
_SURE = 4.75
"""Standard deviations of the trend; rarer than once in a million windows of noise."""
_STEP_SHARE = 0.5
_PATH_NS = 60_000_000
_PATH_SHARE = 0.7


class Ramp(Struct, frozen=True):
    """Round trips of one connection that grew from `baseline_ns` to `top_ns`."""

    record: ConnectionRecord
    baseline_ns: int
    top_ns: int
    since_ns: int
    until_ns: int
    samples: int
    kernel: tuple[TcpSample, ...]

    @property
    def on_the_path(self) -> bool:
        """True if the kernel saw it too: retransmits rose, or most of the round trip is the kernel's."""
        if len(self.kernel) > 1 and self.kernel[-1].total_retransmits > self.kernel[0].total_retransmits:
            return True
        if not self.kernel:
            return False
        kernel_ns = median([sample.rtt_ns for sample in self.kernel[-3:]])
        return kernel_ns > _PATH_NS and kernel_ns >= _PATH_SHARE * self.top_ns

    @property
    def kernel_is_flat(self) -> bool:
        """True if the kernel was asked and saw nothing of it."""
        return bool(self.kernel) and not self.on_the_path


def ramps(evidence: Evidence) -> list[Ramp]:
    """The connections that ramp up now or did before their end."""
    found = [
        evidence.remember(
            ("ramp", record.serial),
            (record.answers["ws"], record.answers["app"], len(record.kernel)),
            partial(_ramp, record),
        )
        for record in recent(evidence)
    ]
    return [ramp for ramp in found if ramp is not None]


def confidence(found: list[Ramp], *, doubt: float = 1.0) -> Confidence:
    """More samples and connections make it surer."""
    return Confidence(support=support(min(20, found[-1].samples // 4 + 2 * len(found))), exclusivity=doubt)


def evidence_rows(found: list[Ramp]) -> tuple[EvidenceRow, ...]:
    """One row for each ramp and one for what the kernel said."""
    rows: list[EvidenceRow] = []
    for ramp in reversed(found[-3:]):
        text = (
            f"round trips grew from {duration(ramp.baseline_ns)} to {duration(ramp.top_ns)} over {ramp.samples} pings"
        )
        rows.append(at(ramp.record, ramp.until_ns, text))
        if ramp.kernel:
            last = ramp.kernel[-1]
            grown = last.total_retransmits - ramp.kernel[0].total_retransmits
            text = f"the kernel's round trip was {duration(last.rtt_ns)}, with {grown} new retransmits"
            rows.append(at(ramp.record, last.at_ns, text))
    return tuple(rows)


def _ramp(record: ConnectionRecord) -> Ramp | None:
    every_ns = [trip.round_trip_ns for trip in record.round_trips]
    if max(every_ns) - min(every_ns) < LEAST_NS:  # the usual case, and rules look often
        return None
    trips = [trip for trip in record.round_trips if not is_ours(trip) and not is_bulky(trip)]
    if len(trips) < LEAST_SAMPLES:
        return None
    values = [trip.round_trip_ns for trip in trips]
    top_ns = min(values[-3:])
    lowest = sorted(values)[: max(3, len(values) // 4)]
    baseline_ns = max(1, median(lowest))
    if top_ns < GROWTH * baseline_ns or top_ns - baseline_ns < LEAST_NS:
        return None
    window = trips[-WINDOW:]
    if trend(values[-WINDOW:]) < _SURE or _is_step(values[-WINDOW:]):
        return None
    since_ns, until_ns = window[0].at_ns, window[-1].at_ns
    kernel = tuple(sample for sample in record.kernel if since_ns <= sample.at_ns <= until_ns + 1_000_000_000)
    return Ramp(record, baseline_ns, median(values[-3:]), since_ns, until_ns, len(window), kernel)


def _is_step(values: list[int]) -> bool:
    """True if most of the growth came at once: another route or server, and no queue."""
    smooth = [median(values[index : index + 3]) for index in range(len(values) - 2)]
    jumps = [later - earlier for earlier, later in zip(smooth, smooth[3:], strict=False)]
    return max(jumps) > _STEP_SHARE * (smooth[-1] - min(smooth))
