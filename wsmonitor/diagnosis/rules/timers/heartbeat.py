"""How often this side's heartbeat leaves: ours by its settings, that of a client before a tap as it was seen."""

from itertools import pairwise

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.round_trips import median
from wsmonitor.settings.endpoint_settings import to_ns

NEED = 3
_REGULAR = 0.1
"""Gaps that differ by more are no timer's."""


def interval_ns(evidence: Evidence) -> int | None:
    """The interval of the quickest heartbeat, of whatever kind; `None` without one."""
    config = evidence.config
    if config.is_tap:
        return _seen_ns(evidence.all_records, evidence.now_ns)
    intervals = [config.ping.every_s] if config.ping.enabled else []
    app = config.app_heartbeat
    if app is not None and app.enabled and app.direction != "server":
        intervals.append(app.interval_s)
    return to_ns(min(intervals)) if intervals else None


def _seen_ns(records: list[ConnectionRecord], now_ns: int) -> int | None:
    """The quickest regular beat of a client: its pings, or messages of one sort that come by a clock.

    What stops long before a connection ends was work, and no heartbeat.
    """
    gaps: dict[bytes, list[int]] = {}
    stopped: dict[bytes, int] = {}
    for record in records:
        times: dict[bytes, list[int]] = {b"": list(record.pings_ns)}
        for sent in record.last_sent:
            if sent.kind:
                times.setdefault(sent.kind, []).append(sent.at_ns)
        for kind, at_ns in times.items():
            if len(at_ns) > 1:
                gaps.setdefault(kind, []).extend(later - sooner for sooner, later in pairwise(at_ns))
                stopped[kind] = max(stopped.get(kind, 0), (record.ended_ns or now_ns) - at_ns[-1])
    regular = [median(found) for kind, found in gaps.items() if _is_regular(found, stopped[kind])]
    return min(regular, default=None)


def _is_regular(gaps_ns: list[int], stopped_ns: int) -> bool:
    if len(gaps_ns) < NEED:
        return False
    middle = median(gaps_ns)
    return stopped_ns <= (1 + _REGULAR) * middle and all(
        abs(gap_ns - middle) <= _REGULAR * middle for gap_ns in gaps_ns
    )
