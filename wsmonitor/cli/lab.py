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

from wsmonitor.lab.lifeline import stdin_end
from wsmonitor.lab.registry import load_scenarios
from wsmonitor.lab.scenario import AnyScenario
from wsmonitor.lab.server import LOOPBACK, Lab
from wsmonitor.lab.service import together

INTERRUPTED = 130


def main(args: list[str]) -> int:
    """Runs the command; returns the exit code."""
    try:
        return int(command.main(args, prog_name="wsmonitor lab", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return INTERRUPTED


@click.command()
@click.option("--port", default=0, show_default="a free one", type=click.IntRange(0, 65535), help="Main port.")
@click.option("--host", default=LOOPBACK, show_default=True, help="Address to listen on.")
@click.option("--scenario", "chosen", multiple=True, metavar="ID", help="Serve only this scenario (repeatable).")
@click.option("--until-stdin-ends", is_flag=True, hidden=True)
def command(port: int, host: str, chosen: tuple[str, ...], until_stdin_ends: bool) -> int:
    """Serve WebSocket endpoints that fail on purpose, and one that does it right."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    lab = Lab(_selected(load_scenarios(), chosen), host=host, port=port)
    if host not in (LOOPBACK, "::1", "localhost"):
        click.echo(f"Warning: listening on {host}: everybody who reaches this address can use the lab.", err=True)
    return asyncio.run(_serve(lab, until_stdin_ends=until_stdin_ends))


async def _serve(lab: Lab, *, until_stdin_ends: bool) -> int:
    try:
        await lab.start()
    except OSError as error:
        raise click.ClickException(f"Cannot listen: {error.strerror or error}. Try another --port.") from error
    try:
        if until_stdin_ends:
            _print_ready_line(lab)
            await together(stdin_end(), _interrupt())
            return 0
        _print_table(lab)
        await _interrupt()
        return INTERRUPTED
    finally:
        await lab.stop()


def _selected(scenarios: Mapping[str, AnyScenario], chosen: tuple[str, ...]) -> Mapping[str, AnyScenario]:
    if unknown := [name for name in chosen if name not in scenarios]:
        known = ", ".join(scenarios)
        raise click.UsageError(f"No scenario {unknown[0]!r}. There are: {known}.")
    return {name: scenarios[name] for name in chosen} if chosen else scenarios


def _print_ready_line(lab: Lab) -> None:
    hints = [{"id": it.id, "group": it.group, "hint": it.hint} for it in lab.scenarios.values()]
    ready = {"port": lab.port, "urls": lab.urls, "pid": os.getpid(), "scenarios": hints}
    click.echo(json.dumps(ready))


def _print_table(lab: Lab) -> None:
    urls = lab.urls
    width = max(map(len, urls.values()), default=0)
    for scenario in lab.scenarios.values():
        click.echo(f"{urls[scenario.id]:{width}}  {scenario.hint}")
    click.echo("Ctrl+C ends the lab.")


async def _interrupt() -> None:
    """Returns at Ctrl+C or SIGTERM."""
    loop = asyncio.get_running_loop()
    interrupted = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C raises KeyboardInterrupt instead
            loop.add_signal_handler(number, interrupted.set)
    await interrupted.wait()
