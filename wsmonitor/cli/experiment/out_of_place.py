"""Refuses options that the experiment which is asked for would not heed: nobody is to believe that it did."""

import click
from click.core import ParameterSource

from wsmonitor.command_line import ConnectionOptions

RECONNECT = "reconnect"
_OF_SERVERS = {
    "max_s": "--max",
    "message": "--message",
    "expect": "--expect",
    "hostile": "--hostile",
    "send_data": "--send-data",
    "max_bytes": "--max-bytes",
    "strict": "--strict",
    "yes": "--yes",
}
_OF_CLIENTS = {"listen": "--listen", "quick": "--quick", "subscription": "--subscription"}
_OF_OUR_CLIENT = {
    "subprotocols": "-s",
    "echo": "--echo",
    "once": "--once",
    "ping_interval_s": "--ping-interval",
    "ping_timeout_s": "--ping-timeout",
}


_OF_MONITORING = {name: flag for name, flag in _OF_OUR_CLIENT.items() if name != "subprotocols"}


def refuse_what_says_nothing(context: click.Context, name: str, options: ConnectionOptions) -> None:
    """Raises `UsageError` that names each option which the experiment `name` would not heed."""
    is_about_client = name == RECONNECT
    others = _OF_SERVERS if is_about_client else _OF_CLIENTS
    given = [flag for option, flag in others.items() if _is_given(context, option)]
    if given and is_about_client:
        raise click.UsageError(f"{', '.join(given)}: for experiments with a server; `{RECONNECT}` is about your client")
    if given:
        raise click.UsageError(f"{', '.join(given)}: for `experiment {RECONNECT}`, found {name}")
    own = _OF_OUR_CLIENT if is_about_client else _OF_MONITORING
    given = [flag for option, flag in own.items() if getattr(options, option)]
    if given and is_about_client:
        raise click.UsageError(f"{', '.join(given)}: that is up to your client; a tap passes on what it does")
    if given:
        raise click.UsageError(f"{', '.join(given)}: for `watch`; an experiment decides by itself what it sends")


def _is_given(context: click.Context, option: str) -> bool:
    return context.get_parameter_source(option) is not ParameterSource.DEFAULT
