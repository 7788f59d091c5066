"""Do not answer the peer's pings: what a proxy or a client that swallows control frames looks like."""

from wsmonitor.engine.disruptions.disruption import Disruption, parse_seconds

DISRUPTION = Disruption(
    kind="mute_pongs",
    title="Mute pongs",
    group="misbehave",
    hint="Leave the peer's pings unanswered; everything else goes on",
    argument="seconds",
    parse=parse_seconds,
    begin=lambda levers, _: levers.mute_pongs(muted=True),
    end=lambda levers: levers.mute_pongs(muted=False),
)
