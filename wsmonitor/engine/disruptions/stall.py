"""Neither read nor write: what a client with a blocked main loop looks like."""

from wsmonitor.engine.disruptions.disruption import Disruption, parse_seconds

DISRUPTION = Disruption(
    kind="stall",
    title="Stall",
    group="misbehave",
    hint="Stop reading and writing; the peer's pings stay unanswered until resumed",
    argument="seconds",
    parse=parse_seconds,
    begin=lambda levers, _: levers.stall(stalled=True),
    end=lambda levers: levers.stall(stalled=False),
)
