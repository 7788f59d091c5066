"""Do not answer the peer's pings: what a proxy or a client that swallows control frames looks like."""

from wsmonitor.engine.disruptions.disruption import Disruption, Levers, parse_seconds


def _begin(levers: Levers, _seconds: float | None) -> None:
    levers.mute_pongs(muted=True)


def _end(levers: Levers) -> None:
    levers.mute_pongs(muted=False)


DISRUPTION = Disruption(
    kind="mute_pongs",
    title="Mute pongs",
    group="misbehave",
    hint="Leave the peer's pings unanswered; everything else goes on",
    argument="seconds",
    parse=parse_seconds,
    begin=_begin,
    end=_end,
)
