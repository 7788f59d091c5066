"""Every scenario of the lab: one file each in the room of its kind, named after its id, and one line in this tuple."""

SCENARIOS = (
    # healthy
    "healthy.echo",
    "healthy.reference",
    "healthy.jitter",
    # slow
    "slow.slow_answers",
    "slow.blocked_loop",
    "slow.ramp",
    "slow.not_reading",
    # heartbeats
    "heartbeats.read_deadline",
    "heartbeats.no_pong",
    "heartbeats.late_pong",
    "heartbeats.wrong_pong",
    "heartbeats.app_stuck",
    "heartbeats.silent",
    # endings by time and accident
    "endings.idle_close",
    "endings.data_deadline",
    "endings.forgetful_path",
    "endings.lifetime",
    "endings.abrupt",
    "endings.broadcast",
    "endings.fin",
    "endings.early_close",
    "endings.handler_crash",
    "endings.middlebox_reset",
    # close codes
    "codes.close_code",
    "codes.double_close",
    "codes.replaced",
    "codes.rate_limit",
    "codes.count_limit",
    "codes.size_limit",
    # the closing handshake
    "closing.no_close_reply",
    "closing.no_tcp_close",
    # data and frames
    "data.flood",
    "data.big_message",
    "data.fragments",
    "data.drip",
    "data.bad_frame",
    "data.bad_utf8",
    # the opening
    "opening.http_status",
    "opening.redirect",
    "opening.refuse",
    "opening.hang_tcp",
    "opening.hang_tls",
    "opening.hang_http",
    "opening.late_handler",
    # long runs
    "long_runs.flap",
    "long_runs.deploy",
    "long_runs.mixed_endings",
    "long_runs.outages",
    "long_runs.mixed",
)
