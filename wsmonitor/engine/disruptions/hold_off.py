"""Close, and refuse to reconnect for a while: what the server's other clients see when we are gone."""

from wsmonitor.engine.disruptions.disruption import Disruption, parse_seconds

DISRUPTION = Disruption(
    kind="hold_off",
    title="Hold off",
    group="polite",
    hint="Close with 1000 and refuse to reconnect for so many seconds",
    argument="seconds",
    parse=parse_seconds,
    begin=lambda levers, seconds: levers.hold_off(10.0 if seconds is None else seconds),
    needs_connection=False,
    watchdog_s=0.0,
)
