"""Reset TCP: what a firewall, a crashed host or an impatient proxy looks like."""

from wsmonitor.engine.disruptions.disruption import Disruption, no_argument

DISRUPTION = Disruption(
    kind="tcp_reset",
    title="Reset TCP",
    group="transport",
    hint="RST, at once and without a word; the peer sees a connection error",
    parse=no_argument,
    begin=lambda levers, _: levers.reset(),
)
