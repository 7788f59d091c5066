"""Drop every incoming segment in the kernel: a dead path that neither side is told of (Linux)."""

from wsmonitor.engine.disruptions.disruption import Disruption, parse_seconds

DISRUPTION = Disruption(
    kind="kernel_blackhole",
    title="Black hole",
    group="transport",
    hint="The kernel drops what arrives, without a word: a dead path (Linux)",
    argument="seconds",
    parse=parse_seconds,
    begin=lambda levers, _: levers.drop_incoming(dropping=True),
    end=lambda levers: levers.drop_incoming(dropping=False),
    platform="linux",
)
