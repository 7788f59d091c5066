"""Every scenario of the lab: one file each, named after its id, and one line in this tuple."""

SCENARIOS = (
    # healthy
    "echo",
    "reference",
    "jitter",
    # slow
    "slow_answers",
    "blocked_loop",
    "ramp",
    "not_reading",
    # heartbeats
    "read_deadline",
    "no_pong",
    "late_pong",
    "wrong_pong",
    "app_stuck",
    "silent",
    # endings by time and accident
    "idle_close",
    "lifetime",
    "abrupt",
    "broadcast",
    "fin",
    "early_close",
    "handler_crash",
    "middlebox_reset",
    # close codes
    "close_code",
    "double_close",
    "replaced",
    "rate_limit",
    "count_limit",
    "size_limit",
    # the closing handshake
    "no_close_reply",
    "no_tcp_close",
    # data and frames
    "flood",
    "big_message",
    "fragments",
    "drip",
    "bad_frame",
    "bad_utf8",
    # the opening
    "http_status",
    "redirect",
    "refuse",
    "hang_tcp",
    "hang_tls",
    "hang_http",
    # long runs
    "flap",
    "deploy",
    "mixed_endings",
    "outages",
    "mixed",
)
