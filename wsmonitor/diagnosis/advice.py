"""The heartbeat interval that what was found and seen recommends, with its reason and the setting to change.

Below half of the shortest limit found, so that one lost beat is survived; more often where connections are
lost without a word, because a heartbeat is what notices; and no more often than a path of this round trip
can answer comfortably.
"""

from math import floor

from msgspec import Struct, structs

from wsmonitor.diagnosis.findings import Finding
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns
from wsmonitor.text.units import duration, exact_s

SHARE = 0.45
"""Of the limit: under a half, with room for a late beat."""
UNSTABLE_S = 10.0
"""Where paths die or are forgotten without a word, and no limit is known."""
LEAST_S = 0.5
_ROUND_TRIPS = 10
_LIMITED = frozenset({"idle_timeout", "keepalive_race", "middlebox_reset"})
_SILENT_DEATHS = frozenset({"path_dead"})


class HeartbeatAdvice(Struct, frozen=True, kw_only=True):
    """Beat every `interval_s` because of `reason`; `rule` is the finding that it follows from.

    Applying it means the endpoint with `apply(advice, config)` in place of its present configuration.
    """

    endpoint: str
    interval_s: float
    reason: str
    rule: str


def heartbeat_advice(
    config: EndpointConfig, findings: tuple[Finding, ...], round_trip_ns: int | None = None
) -> HeartbeatAdvice | None:
    """What to change about the pings of an endpoint; `None` where they are fine or nothing is known.

    Args:
        round_trip_ns: a slow one of the path, such as the 99th percentile.
    """
    if config.is_tap:
        return None  # the heartbeat of another program is no setting of ours
    standing = [finding for finding in findings if finding.pending is None]
    limits = [finding for finding in standing if finding.rule in _LIMITED and finding.limit_ns]
    if limits:
        tightest = min(limits, key=lambda finding: finding.limit_ns or 0)
        limit_ns = tightest.limit_ns or 0
        interval_s = _rounded(max(LEAST_S if limit_ns > to_ns(2 * LEAST_S) else 0.05, SHARE * limit_ns / 1e9))
        reason = f"beat every {exact_s(interval_s)}: less than half of the {duration(limit_ns)} limit"
        return _advice(config, tightest.rule, interval_s, reason)
    deaths = [finding for finding in standing if finding.rule in _SILENT_DEATHS]
    if deaths:
        interval_s = _rounded(max(UNSTABLE_S, _ROUND_TRIPS * (round_trip_ns or 0) / 1e9))
        reason = f"beat every {exact_s(interval_s)}: connections die here without a word, and only a heartbeat notices"
        return _advice(config, deaths[0].rule, interval_s, reason)
    return None


def apply(advice: HeartbeatAdvice, config: EndpointConfig) -> EndpointConfig:
    """The configuration with the recommended interval; the timeout follows where it would be longer."""
    ping = structs.replace(
        config.ping,
        enabled=True,
        interval_s=advice.interval_s,
        timeout_s=min(config.ping.timeout_s, max(advice.interval_s / 2, 0.05)),
    )
    return structs.replace(config, ping=ping)


def _advice(config: EndpointConfig, rule: str, interval_s: float, reason: str) -> HeartbeatAdvice | None:
    if config.ping.enabled and config.ping.every_s <= interval_s:
        return None
    return HeartbeatAdvice(endpoint=config.name, interval_s=interval_s, reason=reason, rule=rule)


def _rounded(seconds: float) -> float:
    """Down to what people would write: 27 -> 25, 5.85 -> 5.5, 0.495 -> 0.45."""
    step = 5.0 if seconds >= 15 else 1.0 if seconds >= 8 else 0.5 if seconds >= 1 else 0.05
    return round(floor(seconds / step + 1e-9) * step, 3)
