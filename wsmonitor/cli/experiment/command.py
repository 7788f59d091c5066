"""`wsmonitor experiment NAME URL`: put a question to a server and print the answer, and how sure it is."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import click
from msgspec.structs import replace

from wsmonitor.cli.experiment.out_of_place import RECONNECT, refuse_what_says_nothing
from wsmonitor.cli.measuring.targets import measured
from wsmonitor.command_line import (
    TARGET,
    ConnectionOptions,
    Duration,
    Target,
    connection_options,
    run,
    version_option,
)
from wsmonitor.settings.endpoint_settings import EndpointConfig, TapConfig

EXAMPLE = "wsmonitor experiment idle ws://localhost:8000/ws --max 3m"
RECONNECT_EXAMPLE = "wsmonitor experiment reconnect ws://localhost:8000/ws --listen 9001 --quick"
ALL = "all"
_OUT = click.Path(dir_okay=False, path_type=Path)


def main(args: list[str]) -> int:
    """Run `wsmonitor experiment` with `args`; returns the exit code."""
    return run(experiment, args, name="wsmonitor experiment")


@click.command("experiment", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.argument("name", required=False)
@click.argument("targets", nargs=-1, type=TARGET, metavar="[URL]...")
@click.option("--max", "max_s", type=Duration(1.0), default="3m", help="An experiment takes no longer [3m].")
@click.option("--message", default="", metavar="TEXT", help="A message that the server understands.")
@click.option("--expect", default="", metavar="TEXT", help="What its answer contains; else an echo is looked for.")
@click.option("--hostile", is_flag=True, help="Send malformed frames, floods of connections and header bombs too.")
@click.option("--send-data", is_flag=True, help="Look for size limits with real data where none is announced.")
@click.option("--max-bytes", type=click.IntRange(1024), default=16 << 20, help="Send no more to find a limit [16 MiB].")
@click.option("--strict", is_flag=True, help="A difference to a SHOULD fails too.")
@click.option("--yes", is_flag=True, help="The server is mine to test: do not ask about a public host.")
@click.option("--list", "list_only", is_flag=True, help="List the checks of an experiment and run none.")
@click.option("--listen", type=click.IntRange(0, 65535), metavar="PORT", help="reconnect: where your client comes.")
@click.option("--quick", is_flag=True, help="reconnect: only the faults that tell most.")
@click.option(
    "--subscription",
    multiple=True,
    metavar="TEXT",
    help="reconnect: a message that your client sends first, in place of what is learned; repeatable, '' for none.",
)
@click.option("--record", type=_OUT, metavar="FILE.wsmon", help="Record everything into this file.")
@click.option("--junit", type=_OUT, metavar="FILE", help="Write the answers as JUnit XML too.")
@click.option("--force", is_flag=True, help="Let --junit and --record overwrite FILE.")
@click.option(
    "-o",
    "--output",
    "output_format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="json: NDJSON; markdown: a section to paste.",
)
@connection_options
@version_option
def experiment(
    *,
    name: str | None,
    targets: tuple[Target, ...],
    options: ConnectionOptions,
    strict: bool,
    yes: bool,
    list_only: bool,
    listen: int | None,
    quick: bool,
    subscription: tuple[str, ...],
    record: Path | None,
    junit: Path | None,
    force: bool,
    output_format: Literal["text", "json", "markdown"],
    **bounds: Any,
) -> int:
    """Put a question to a server: how long may a connection be silent, does it notice dead clients, does it
    keep the protocol, what are its limits? Without NAME they are listed; `all` asks those that fit into --max.

    Each is bounded in time and connections, says so first, and ends with a list of what it sent.

    `reconnect` is about your own client: point it at the port of --listen, and see what it does about faults.

    Exit code: 0 done, 3 a MUST of the RFC is violated or a fault goes badly, 1 could not run, 2 wrong use,
    130 interrupted.
    """
    from wsmonitor.cli.experiment.listing import checks_of, experiments_listed
    from wsmonitor.cli.experiment.output import Output
    from wsmonitor.cli.experiment.reconnect import run_reconnect
    from wsmonitor.cli.experiment.session import Asked, run_experiments
    from wsmonitor.command_line.recording_options import RecordingOrder
    from wsmonitor.experiments.options import ExperimentOptions
    from wsmonitor.experiments.registry import EXPERIMENTS
    from wsmonitor.recording import RecordingOptions

    if name is None:
        click.echo(experiments_listed(), nl=False)
        return 0
    names: tuple[str, ...] = tuple(one.name for one in EXPERIMENTS)
    if name not in (*names, ALL, RECONNECT):
        raise click.UsageError(f"no experiment is called {name!r}; there are: {', '.join((*names, ALL, RECONNECT))}")
    refuse_what_says_nothing(click.get_current_context(), name, options)
    if list_only:
        click.echo(checks_of(name), nl=False)
        return 0
    endpoints = measured(targets, options, example=EXAMPLE).endpoints
    if junit is not None and junit.exists() and not force:
        raise click.UsageError(f"--junit: {junit} exists already; choose another name or overwrite it with --force")
    output = Output(
        form=output_format,
        junit=junit,
        record=None if record is None else RecordingOrder(record, RecordingOptions(overwrite=force)),
        strict=strict,
        show_secrets=options.show_secrets,
    )
    if name == RECONNECT:
        said = tuple(filter(None, subscription)) if subscription else None
        return run_reconnect(_tapped(endpoints, listen), ExperimentOptions(quick=quick, subscription=said), output)
    private = frozenset(one.name for one in endpoints if asyncio.run(_is_private(one)))
    if not yes:
        _ask_about_public([one for one in endpoints if one.name not in private])
    names = names if name == ALL else (name,)
    return run_experiments(Asked(tuple(endpoints), names, ExperimentOptions(**bounds), private), output)


def _tapped(endpoints: list[EndpointConfig], listen: int | None) -> EndpointConfig:
    """The tap before the one endpoint, which may be that of a workspace. Raises `UsageError` for more."""
    if len(endpoints) != 1:
        raise click.UsageError(f"expected one URL, found {len(endpoints)}; example: {RECONNECT_EXAMPLE}")
    tap = endpoints[0].tap or TapConfig()
    if tap.fault:
        raise click.UsageError(
            f"{endpoints[0].name} has faults of its own, which would be taken for those of the audit"
        )
    return replace(endpoints[0], tap=replace(tap, listen=tap.listen if listen is None else listen))


def _ask_about_public(endpoints: Sequence[EndpointConfig]) -> None:
    """Ask once whether servers in public may be tested. Raises `UsageError` where there is nobody to ask."""
    hosts = sorted({endpoint.host_port for endpoint in endpoints})
    if not hosts:
        return
    question = f"{', '.join(hosts)}: in public; yours to test?"
    if sys.stdin is None or not sys.stdin.isatty():
        raise click.UsageError(f"{question} Then add --yes")
    if not click.confirm(question, err=True):
        raise click.Abort


async def _is_private(endpoint: EndpointConfig) -> bool:
    """Whether the server stands on this machine or in a private network; what cannot be looked up does not."""
    from wsmonitor.engine.clocks.clock import SystemClock
    from wsmonitor.experiments.way import EngineWay

    return await EngineWay(endpoint, SystemClock(asyncio.get_running_loop())).is_private()
