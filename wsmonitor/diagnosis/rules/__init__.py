"""Every diagnosis rule, one file and one line each, in order of precedence: what one explains, those behind it
do not see.

First what we did to ourselves, then what was stated outright, then what many connections share, then
statistics, from the most specific to the most general.
"""

from wsmonitor.diagnosis.rules.rule import Rule
from wsmonitor.registry import entries

_NAMES = (
    # ourselves
    "ourselves.sleep_wake",
    "ourselves.local_stall",
    "ourselves.network_changed",
    # a description, which explains nothing
    "ourselves.retry_rate",
    # who is let in, and how much
    "quotas.connection_limit",
    # stated by the ending
    "said.duplicate_client",
    "said.peer_keepalive_timeout",
    "timers.first_message_wanted",
    "said.message_too_big",
    "said.bad_utf8",
    "quotas.count_limit",
    "quotas.volume_limit",
    "patterns.middlebox_reset",
    "patterns.message_triggers_close",
    # shared by openings and endings
    "patterns.server_restarts",
    # no byte passes any more: openings that follow fail by it as well
    "ourselves.own_machine_drops",
    "said.path_dead",
    # stated by the opening
    "said.rate_limited",
    "openings.tls_mismatch",
    "openings.certificate",
    "openings.dns_failing",
    "openings.refused",
    "openings.no_route",
    "openings.proxy_refuses",
    "openings.connect_timeout",
    "openings.upgrade_stripped",
    "openings.handshake_refused",
    "openings.upstream_down",
    "openings.broken_ipv6",
    # what we or our kernel gave up
    "said.peer_stuck",
    # what only a tap sees of a client
    "tapped.sends_after_close",
    "tapped.sends_before_welcome",
    "tapped.ignores_the_answer",
    "tapped.hammers",
    "tapped.client_ignores_pings",
    "tapped.client_does_not_read",
    "tapped.never_closes_the_old",
    "tapped.loses_the_subscription",
    # shared
    "patterns.shared_outage",
    # statistics of endings
    "patterns.early_close",
    "timers.keepalive_race",
    "tapped.pings_too_rarely",
    "timers.idle_timeout",
    "timers.lifetime_limit",
    "timers.clocked_endings",
    # what the ending states, where nothing shows more
    "said.protocol_error",
    "said.policy_refusal",
    "patterns.connect_loop",
    # what goes on while connected
    "while_open.app_unresponsive",
    "while_open.pings_ignored",
    "while_open.pongs_cut",
    "while_open.silent_after_open",
    "while_open.slow_consumer",
    "while_open.head_of_line",
    "while_open.periodic_spikes",
    "while_open.rtt_ramp_network",
    "while_open.rtt_ramp_server",
    # what we do about it
    "ourselves.reconnect_storm",
)

RULES = entries(__name__, _NAMES, "RULE", Rule)
