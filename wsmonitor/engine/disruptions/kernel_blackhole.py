"""Drop every incoming segment in the kernel: a dead path that neither side is told of (Linux)."""

from wsmonitor.engine.disruptions.disruption import Disruption, Levers, parse_seconds


def _begin(levers: Levers, _seconds: float | None) -> None:
    levers.drop_incoming(dropping=True)


def _end(levers: Levers) -> None:
    levers.drop_incoming(dropping=False)


DISRUPTION = Disruption(
    kind="kernel_blackhole",
    title="Black hole",
    group="transport",
    hint="The kernel drops what arrives, without a word: a dead path (Linux)",
    argument="seconds",
    parse=parse_seconds,
    begin=_begin,
    end=_end,
    platform="linux",
)
