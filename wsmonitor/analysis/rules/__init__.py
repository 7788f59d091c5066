"""Every diagnosis rule, in order of precedence: what one explains, those behind it do not see.

First what we did to ourselves, then what was stated outright, then what many endpoints share, then
statistics, from the most specific to the most general.
"""

from wsmonitor.analysis.rules import (
    connect_loop,
    early_close,
    handshake_refused,
    idle_timeout,
    lifetime_limit,
    local_stall,
    message_triggers_close,
    path_dead,
    peer_stuck,
    refused,
)
from wsmonitor.analysis.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    local_stall.RULE,
    handshake_refused.RULE,
    refused.RULE,
    path_dead.RULE,
    peer_stuck.RULE,
    message_triggers_close.RULE,
    early_close.RULE,
    idle_timeout.RULE,
    lifetime_limit.RULE,
    connect_loop.RULE,
)
