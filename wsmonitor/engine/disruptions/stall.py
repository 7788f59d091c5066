"""Neither read nor write: what a client with a blocked main loop looks like."""

from wsmonitor.engine.disruptions.disruption import Disruption, Levers, parse_seconds


def _begin(levers: Levers, _seconds: float | None) -> None:
    levers.stall(stalled=True)


def _end(levers: Levers) -> None:
    levers.stall(stalled=False)


DISRUPTION = Disruption(
    kind="stall",
    title="Stall",
    group="misbehave",
    hint="Stop reading and writing; the peer's pings stay unanswered until resumed",
    argument="seconds",
    parse=parse_seconds,
    begin=_begin,
    end=_end,
)
