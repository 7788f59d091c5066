"""What RFC 6455 asks of the opening, of frames and of pings, over HTTP/1.1 and HTTP/2, as one experiment."""

from wsmonitor.experiments.checks.framing import FRAMING_CHECKS
from wsmonitor.experiments.checks.handshake import HANDSHAKE_CHECKS
from wsmonitor.experiments.checks.http2 import HTTP2_CHECKS
from wsmonitor.experiments.checks.run import check_experiment

EXPERIMENT = check_experiment(
    "protocol",
    "does it keep RFC 6455 in the opening, in frames and in pings?",
    (*HANDSHAKE_CHECKS, *HTTP2_CHECKS, *FRAMING_CHECKS),
)
