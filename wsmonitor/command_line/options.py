"""The options that say how to connect, shared by `watch` and the window."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from wsmonitor import __version__
from wsmonitor.command_line.words import Duration

MINIMUM_INTERVAL_S = 0.05


class ConnectionOptions(Struct, frozen=True):
    """What was asked for; `None` or empty where nothing was said.

    They apply to every endpoint, those of the workspace included. Checked by `endpoints_from`.
    """

    workspace: Path | None = None
    headers: tuple[str, ...] = ()
    subprotocols: tuple[str, ...] = ()
    origin: str | None = None
    insecure: bool = False
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    passphrase: str | None = None
    auth: str | None = None
    proxy: str | None = None
    resolve: tuple[str, ...] = ()
    ping_interval_s: float | None = None
    ping_timeout_s: float | None = None
    connect_timeout_s: float | None = None
    echo: bool = False
    once: bool = False
    show_secrets: bool = False


def connection_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a click command the shared options; it receives them as one `options: ConnectionOptions`."""
    names = ConnectionOptions.__struct_fields__

    @functools.wraps(function)
    def with_options(*args: Any, **values: Any) -> Any:
        options = ConnectionOptions(**{name: values.pop(name) for name in names})
        return function(*args, options=options, **values)

    for option in reversed(_OPTIONS):
        option(with_options)
    return with_options


def version_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a click command `--version`."""
    return click.version_option(__version__, "--version", prog_name="wsmonitor", message="%(prog)s %(version)s")(
        function
    )


def _file(*names: str, help_text: str) -> Callable[[Any], Any]:
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.option(*names, type=kind, metavar="FILE", help=help_text)


_INTERVAL = Duration(MINIMUM_INTERVAL_S)
_OPTIONS = (
    _file("--workspace", help_text="Endpoints from this TOML file."),
    click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="Header; repeatable."),
    click.option("-s", "--subprotocol", "subprotocols", multiple=True, metavar="NAME", help="Offer it; repeatable."),
    click.option("--origin", metavar="ORIGIN", help="Origin header."),
    click.option("-k", "--insecure", is_flag=True, help="Skip TLS checks."),
    _file("--ca", help_text="Trust the certificates in this PEM file."),
    _file("--cert", help_text="Client certificate (PEM)."),
    _file("--key", help_text="Key of the client certificate (PEM)."),
    click.option("--passphrase", metavar="TEXT", help="Passphrase of the key."),
    click.option("--auth", metavar="USER:PASSWORD", help="HTTP basic authentication."),
    click.option("--proxy", metavar="URL|none", help="Proxy; without it what the environment says."),
    click.option(
        "--resolve", multiple=True, metavar="HOST:PORT:ADDRESS", help="Dial this address for the host; repeatable."
    ),
    click.option("--ping-interval", "ping_interval_s", type=_INTERVAL, help="Time between pings [20s]."),
    click.option("--ping-timeout", "ping_timeout_s", type=_INTERVAL, help="A pong later than this is a miss [10s]."),
    click.option("--connect-timeout", "connect_timeout_s", type=_INTERVAL, help="Limit for the whole opening [5s]."),
    click.option("--echo", is_flag=True, help="Send every data message back."),
    click.option("--once", is_flag=True, help="Do not reconnect after the first connection."),
    click.option("--show-secrets", is_flag=True, help="Show tokens, cookies and passwords."),
)
