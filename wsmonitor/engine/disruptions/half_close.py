"""Send a FIN and go on listening: half of TCP is closed."""

from wsmonitor.engine.disruptions.disruption import Disruption, no_argument

DISRUPTION = Disruption(
    kind="half_close",
    title="Half-close TCP",
    group="transport",
    hint="FIN in our direction only; does the peer notice?",
    parse=no_argument,
    begin=lambda levers, _: levers.half_close(),
)
