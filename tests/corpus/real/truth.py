"""What is right to say of each planted fault, and what else a reader would be well served with."""

from typing import Final

_R = frozenset

RIGHT: Final[dict[str, frozenset[str]]] = {
    "healthy": _R(),
    "idle": _R({"idle_timeout"}),
    "idle_or_lifetime": _R({"idle_timeout", "first_message_wanted"}),
    "lifetime": _R({"lifetime_limit"}),
    "lifetime_or_idle": _R({"lifetime_limit"}),
    "count": _R({"count_limit"}),
    "bytes": _R({"volume_limit"}),
    "crash": _R({"message_triggers_close"}),
    "late_crash": _R({"message_triggers_close"}),
    "login": _R({"first_message_wanted"}),
    "sweep": _R({"clocked_endings"}),
    "idle_sweep": _R({"clocked_endings", "idle_timeout"}),
    "app_keepalive": _R({"peer_keepalive_timeout"}),
    "nes_keepalive": _R({"peer_keepalive_timeout", "first_message_wanted"}),
    "deaf": _R({"peer_keepalive_timeout"}),
    "replaced": _R({"duplicate_client"}),
    "full": _R({"connection_limit"}),
    "too_big": _R({"message_too_big"}),
    "restart": _R({"server_restarts", "shared_outage"}),
    "down": _R({"refused"}),
    "refused_login": _R({"policy_refusal"}),
    "status_401": _R({"handshake_refused"}),
    "status_403": _R({"handshake_refused"}),
    "status_404": _R({"handshake_refused"}),
    "status_429": _R({"rate_limited"}),
    "status_500": _R({"handshake_refused"}),
    "status_503": _R({"upstream_down"}),
    "stripped": _R({"upgrade_stripped"}),
    "plain_to_tls": _R({"tls_mismatch", "handshake_refused"}),
    "bad_certificate": _R({"certificate"}),
    "proxy_denies": _R({"proxy_refuses"}),
    "proxy_cannot_reach": _R({"proxy_refuses", "upstream_down"}),
    "upstream_down": _R({"upstream_down", "handshake_refused"}),
    "upstream_dies": _R({"upstream_down", "handshake_refused", "refused"}),
    "far_drop": _R({"path_dead"}),
    "link_down": _R({"path_dead", "no_route"}),
    "own_drop": _R({"own_machine_drops"}),
    "own_reject": _R({"own_machine_drops", "no_route"}),
    "own_reset": _R({"refused"}),
    "unreachable": _R({"no_route", "own_machine_drops"}),
    "far_reject": _R({"path_dead", "connect_timeout", "no_route"}),
    "far_drop_from_start": _R({"connect_timeout"}),
    "unreachable_from_start": _R({"no_route"}),
    "own_drop_from_start": _R({"connect_timeout", "own_machine_drops"}),
    "own_reject_from_start": _R({"no_route", "own_machine_drops"}),
    "own_reset_from_start": _R({"refused"}),
    "far_reject_from_start": _R({"no_route", "connect_timeout"}),
}  # fmt: skip
"""Fault -> the rules of which one must speak first. A service that is down is right in several words."""

SHARED: Final[dict[str, frozenset[str]]] = {
    "idle_or_lifetime": _R({"lifetime_limit"}),
    "lifetime": _R({"policy_refusal"}),
    "lifetime_or_idle": _R({"idle_timeout", "first_message_wanted", "policy_refusal"}),
    "deaf": _R({"lifetime_limit", "idle_timeout"}),
    "count": _R({"rate_limited", "volume_limit"}),
    "bytes": _R({"rate_limited", "count_limit"}),
    "stripped": _R({"handshake_refused"}),
    "restart": _R({"clocked_endings"}),
    "login": _R({"idle_timeout", "lifetime_limit"}),
}
"""Causes that the same evidence fits: right first only where the finding names the true one as not ruled out."""

TRUE_BESIDES: Final[dict[str, frozenset[str]]] = {
    "restart": _R({"refused", "upstream_down", "handshake_refused"}),
    "down": _R({"shared_outage", "server_restarts"}),
    "upstream_dies": _R({"shared_outage"}),
    "crash": _R({"protocol_error"}),
    "own_reject": _R({"connect_timeout", "no_route", "path_dead"}),
    "own_drop": _R({"connect_timeout", "path_dead"}),
    "far_drop": _R({"connect_timeout"}),
    "far_reject": _R({"no_route", "connect_timeout", "path_dead"}),
    "unreachable": _R({"path_dead"}),
    "link_down": _R({"connect_timeout", "no_route", "path_dead"}),
    "own_reset": _R({"refused"}),
    "full": _R({"rate_limited", "upstream_down"}),
}
"""Also true, though it is not the cause: not counted against how sure it was said."""
