"""What a finding lets us change with one click: a setting of the endpoint, with its reason. Pure."""

from dataclasses import dataclass

from msgspec.structs import replace

from wsmonitor.analysis.findings import Finding
from wsmonitor.config import NS, EndpointConfig

_SHARE = 5 / 12
"""Of the limit: 25 s of 60 s. One beat may be late or lost, and the next is still in time."""
_SHORTEST_S = 0.05
_IDLE = frozenset({"idle_timeout"})


@dataclass(frozen=True)
class Advice:
    """`label` fits on a button; `config` is the endpoint with the advice followed."""

    label: str
    reason: str
    config: EndpointConfig


def advice_for(finding: Finding, config: EndpointConfig) -> Advice | None:
    """What would help against `finding`; `None` where no setting of ours does, or it is set already."""
    if finding.rule not in _IDLE or finding.limit_ns is None or finding.pending is not None:
        return None
    limit_s = finding.limit_ns / NS
    interval_s = max(_SHORTEST_S, float(f"{limit_s * _SHARE:.2g}"))
    ping = config.ping
    if ping.enabled and ping.interval_s <= limit_s / 2:
        return None
    changed = replace(ping, enabled=True, interval_s=interval_s, timeout_s=min(ping.timeout_s, max(1.0, interval_s)))
    return Advice(
        label=f"Beat every {interval_s:g} s",
        reason=f"Ping every {interval_s:g} s: less than half of the {limit_s:.3g} s limit, so that one beat may be "
        f"lost. Now: {f'every {ping.interval_s:g} s' if ping.enabled else 'no pings'}. Reconnects; can be undone.",
        config=replace(config, ping=changed),
    )
