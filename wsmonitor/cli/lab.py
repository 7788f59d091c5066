"""`wsmonitor lab`: serves the lab until Ctrl+C."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping

import click

from wsmonitor.lab.certificate import Certificate, CertificateError, temporary_certificate
from wsmonitor.lab.lifeline import stdin_end
from wsmonitor.lab.page import listing
from wsmonitor.lab.registry import load_scenarios
from wsmonitor.lab.scenario import Scenario
from wsmonitor.lab.server import LOOPBACK, Lab
from wsmonitor.lab.service import together, until_set
from wsmonitor.program import ends_with_parent

INTERRUPTED = 130


def main(args: list[str]) -> int:
    """Runs the command; returns the exit code."""
    try:
        return int(command.main(args, prog_name="wsmonitor lab", standalone_mode=False) or 0)
    except click.ClickException as error:
        click.echo(f"wsmonitor lab: {error.format_message()}", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED


@click.command()
@click.option("--port", default=0, show_default="a free one", type=click.IntRange(0, 65535), help="Main port.")
@click.option("--host", default=LOOPBACK, show_default=True, help="Address to listen on.")
@click.option("--scenario", "chosen", multiple=True, metavar="ID", help="Serve only this scenario (repeatable).")
@click.option("--tls", is_flag=True, help="Serve wss:// with a certificate made now (needs the package trustme).")
@click.option("-v", "--verbose", is_flag=True, help="Log every disconnect.")
@click.option("--until-stdin-ends", is_flag=True, hidden=True)
def command(*, port: int, host: str, chosen: tuple[str, ...], tls: bool, verbose: bool, until_stdin_ends: bool) -> int:
    """Serve WebSocket endpoints that fail on purpose, and one that does it right.

    Parameters stand in the URL: ws://127.0.0.1:PORT/idle_close?after=5s. Open http://127.0.0.1:PORT/ in a
    browser for all of them.
    """
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("wsmonitor.lab").setLevel(logging.DEBUG if verbose else logging.WARNING)
    with ends_with_parent() if until_stdin_ends else contextlib.nullcontext():
        scenarios = _selected(load_scenarios(), chosen)
    if host not in (LOOPBACK, "::1", "localhost"):
        click.echo(f"Warning: listening on {host}: everybody who reaches this address can use the lab.", err=True)
    with contextlib.ExitStack() as stack:
        certificate = _certificate(stack, host) if tls else None
        lab = Lab(scenarios, host=host, port=port, certificate=certificate)
        return asyncio.run(_serve(lab, certificate, until_stdin_ends=until_stdin_ends))


async def _serve(lab: Lab, certificate: Certificate | None, *, until_stdin_ends: bool) -> int:
    try:
        await lab.start()
    except OSError as error:
        raise click.ClickException(f"Cannot listen: {error.strerror or error}. Try another --port.") from error
    try:
        interrupted = _interrupts()  # before anything is said: who reads it may end us at once
        if until_stdin_ends:
            click.echo(_ready_line(lab))
            await together(stdin_end(), until_set(interrupted))
            return 0
        _print_table(lab, certificate)
        await interrupted.wait()
        return INTERRUPTED
    finally:
        await lab.stop()


def _certificate(stack: contextlib.ExitStack, host: str) -> Certificate:
    try:
        return stack.enter_context(temporary_certificate(host))
    except CertificateError as error:
        raise click.ClickException(str(error)) from error


def _selected(scenarios: Mapping[str, Scenario], chosen: tuple[str, ...]) -> Mapping[str, Scenario]:
    if unknown := [name for name in chosen if name not in scenarios]:
        raise click.UsageError(f"No scenario {unknown[0]!r}. There are: {', '.join(scenarios)}.")
    return {name: scenarios[name] for name in chosen} if chosen else scenarios


def _ready_line(lab: Lab) -> str:
    urls = lab.urls
    ready = {"port": lab.port, "urls": urls, "pid": os.getpid(), "scenarios": listing(lab.scenarios, urls)}
    return json.dumps(ready)


def _print_table(lab: Lab, certificate: Certificate | None) -> None:
    urls = lab.urls
    width = max(map(len, urls.values()), default=0)
    group = ""
    for scenario in lab.scenarios.values():
        if scenario.group != group:
            group = scenario.group
            click.echo(f"\n{group}")
        click.echo(f"  {urls[scenario.id]:{width}}  {scenario.hint}")
    click.echo(f"\nParameters and a page to try them in a browser: {lab.page_url}")
    if certificate:
        click.echo(f"Clients must trust this authority: --ca {certificate.authority}")
    click.echo("Ctrl+C ends the lab.")


def _interrupts() -> asyncio.Event:
    """Set at Ctrl+C or SIGTERM, from now on."""
    loop = asyncio.get_running_loop()
    interrupted = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C raises KeyboardInterrupt instead
            loop.add_signal_handler(number, interrupted.set)
    return interrupted
