"""Every diagnosis rule, in order of precedence: what one explains, those behind it do not see.

First what we did to ourselves, then what was stated outright, then what many connections share, then
statistics, from the most specific to the most general.
"""

from wsmonitor.diagnosis.rules.openings import (
    broken_ipv6,
    certificate,
    connect_timeout,
    dns_failing,
    handshake_refused,
    refused,
    retry_rate,
    tls_mismatch,
    upgrade_stripped,
    upstream_down,
)
from wsmonitor.diagnosis.rules.ourselves import local_stall, network_changed, reconnect_storm, sleep_wake
from wsmonitor.diagnosis.rules.patterns import (
    connect_loop,
    count_limit,
    early_close,
    idle_timeout,
    keepalive_race,
    lifetime_limit,
    message_triggers_close,
    middlebox_reset,
    shared_outage,
)
from wsmonitor.diagnosis.rules.rule import Rule
from wsmonitor.diagnosis.rules.said import (
    bad_utf8,
    duplicate_client,
    message_too_big,
    path_dead,
    peer_keepalive_timeout,
    peer_stuck,
    policy_refusal,
    protocol_error,
    rate_limited,
)
from wsmonitor.diagnosis.rules.while_open import (
    app_unresponsive,
    head_of_line,
    periodic_spikes,
    pings_ignored,
    rtt_ramp_network,
    rtt_ramp_server,
    silent_after_open,
    slow_consumer,
)

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
