"""End TCP without a Close frame: what a crashing client looks like."""

from wsmonitor.engine.disruptions.disruption import Disruption, no_argument

DISRUPTION = Disruption(
    kind="tcp_close",
    title="Close TCP",
    group="transport",
    hint="FIN without a Close frame; the peer sees 1006",
    parse=no_argument,
    begin=lambda levers, _: levers.tcp_close(),
)
