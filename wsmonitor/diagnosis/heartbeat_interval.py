"""How often heartbeats of ours leave, of whatever kind."""

from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns


def heartbeat_interval_ns(config: EndpointConfig) -> int | None:
    """How often a heartbeat of ours leaves; `None` without one."""
    intervals = [config.ping.interval_s] if config.ping.enabled else []
    app = config.app_heartbeat
    if app is not None and app.enabled and app.direction != "server":
        intervals.append(app.interval_s)
    return to_ns(min(intervals)) if intervals else None
