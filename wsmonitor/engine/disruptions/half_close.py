"""Send a FIN and go on listening: half of TCP is closed."""

from wsmonitor.engine.disruptions.disruption import Disruption, Levers, no_argument


def _begin(levers: Levers, _argument: None) -> None:
    levers.half_close()


DISRUPTION = Disruption(
    kind="half_close",
    title="Half-close TCP",
    group="transport",
    hint="FIN in our direction only; does the peer notice?",
    parse=no_argument,
    begin=_begin,
)
