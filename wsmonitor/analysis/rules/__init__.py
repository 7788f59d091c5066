"""Every diagnosis rule, in order of precedence: what one explains, those behind it do not see.

First what we did to ourselves, then what was stated outright, then what many connections share, then
statistics, from the most specific to the most general.
"""

from wsmonitor.analysis.rules import (
    app_unresponsive,
    bad_utf8,
    broken_ipv6,
    certificate,
    connect_loop,
    connect_timeout,
    count_limit,
    dns_failing,
    duplicate_client,
    early_close,
    handshake_refused,
    head_of_line,
    idle_timeout,
    keepalive_race,
    lifetime_limit,
    local_stall,
    message_too_big,
    message_triggers_close,
    middlebox_reset,
    network_changed,
    path_dead,
    peer_keepalive_timeout,
    peer_stuck,
    periodic_spikes,
    pings_ignored,
    policy_refusal,
    protocol_error,
    rate_limited,
    reconnect_storm,
    refused,
    retry_rate,
    rtt_ramp_network,
    rtt_ramp_server,
    shared_outage,
    silent_after_open,
    sleep_wake,
    slow_consumer,
    tls_mismatch,
    upgrade_stripped,
    upstream_down,
)
from wsmonitor.analysis.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    # ourselves
    sleep_wake.RULE,
    local_stall.RULE,
    network_changed.RULE,
    # a description, which explains nothing
    retry_rate.RULE,
    # stated by the opening
    rate_limited.RULE,
    tls_mismatch.RULE,
    certificate.RULE,
    dns_failing.RULE,
    refused.RULE,
    connect_timeout.RULE,
    upgrade_stripped.RULE,
    handshake_refused.RULE,
    upstream_down.RULE,
    broken_ipv6.RULE,
    # stated by the ending
    duplicate_client.RULE,
    peer_keepalive_timeout.RULE,
    message_too_big.RULE,
    bad_utf8.RULE,
    protocol_error.RULE,
    path_dead.RULE,
    peer_stuck.RULE,
    # shared
    shared_outage.RULE,
    # statistics of endings
    count_limit.RULE,
    policy_refusal.RULE,
    middlebox_reset.RULE,
    message_triggers_close.RULE,
    early_close.RULE,
    keepalive_race.RULE,
    idle_timeout.RULE,
    lifetime_limit.RULE,
    connect_loop.RULE,
    # what goes on while connected
    app_unresponsive.RULE,
    pings_ignored.RULE,
    silent_after_open.RULE,
    slow_consumer.RULE,
    head_of_line.RULE,
    periodic_spikes.RULE,
    rtt_ramp_network.RULE,
    rtt_ramp_server.RULE,
    # what we do about it
    reconnect_storm.RULE,
)
