"""What every command and the window share of the command line: words, options, endpoints, errors."""

from wsmonitor.command_line.options import ConnectionOptions, connection_options, version_option
from wsmonitor.command_line.overrides import endpoints_from
from wsmonitor.command_line.running import run
from wsmonitor.command_line.words import DURATION, TARGET, ConditionText, Duration, Target

__all__ = [
    "DURATION",
    "TARGET",
    "ConditionText",
    "ConnectionOptions",
    "Duration",
    "Target",
    "connection_options",
    "endpoints_from",
    "run",
    "version_option",
]
