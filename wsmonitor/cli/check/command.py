"""`wsmonitor check URL`: hold connections for a while and say PASS or FAIL, for shell scripts and CI."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
from msgspec.structs import replace

from wsmonitor.cli.measuring.door import open_door
from wsmonitor.cli.measuring.targets import RUN_COMMANDS, measured
from wsmonitor.command_line import (
    TARGET,
    ConditionText,
    ConnectionOptions,
    Duration,
    Target,
    connection_options,
    run,
    version_option,
)
from wsmonitor.command_line.running import complain
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.settings.checks import parse_percent
from wsmonitor.settings.endpoint_settings import EndpointConfig, PingConfig

if TYPE_CHECKING:
    from wsmonitor.cli.check.junit import JunitFile

NAME = "wsmonitor check"
EXAMPLE = "wsmonitor check ws://localhost:8000/ws --duration 2m"
MOST_CONNECTIONS = 1000


def main(args: list[str]) -> int:
    """Run `wsmonitor check` with `args`; returns the exit code."""
    return run(check, args, name=NAME)


class Percent(click.ParamType[float]):
    """A share from 0 to 1, written as a percentage: `1%`, `0.5%` or `0.5`."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            return parse_percent(str(value))
        except ValueError as error:
            self.fail(f"{error}; example: --max-loss 1%", param, ctx)


_COUNT = click.IntRange(0, MOST_CONNECTIONS)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.command("check", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.argument("targets", nargs=-1, type=TARGET, metavar="[URL]...")
@click.option("--duration", "duration_s", type=Duration(0.1), default="2m", help="Hold the connections so long [2m].")
@click.option("--connections", type=click.IntRange(1, MOST_CONNECTIONS), default=1, help="Hold so many at once [1].")
@click.option("--max-rtt-p99", "max_rtt_p99_s", type=Duration(0.001), help="Fail if 1 % of round trips take longer.")
@click.option("--max-loss", type=Percent(), default="1%", help="Fail if more heartbeats are lost [1%].")
@click.option(
    "--fail-on",
    "conditions",
    multiple=True,
    type=ConditionText(),
    metavar="CONDITION",
    help="Fail at such as 'drops>=3 in 5m'; repeatable.",
)
@RUN_COMMANDS
@click.option("--churn", type=_COUNT, default=0, help="First open and close so many in a row, each for a moment.")
@click.option("--parallel", type=_COUNT, default=0, help="First open so many at once, for a second.")
@click.option("--junit", type=_OUT, metavar="FILE", help="Write the result as JUnit XML too.")
@click.option("--force", is_flag=True, help="Let --junit overwrite FILE.")
@click.option(
    "-o", "--output", "output_format", type=click.Choice(["text", "json"]), default="text", help="json: one object."
)
@click.option("-q", "--quiet", is_flag=True, help="Only the verdict.")
@connection_options
@version_option
def check(
    *,
    targets: tuple[Target, ...],
    options: ConnectionOptions,
    duration_s: float,
    connections: int,
    max_rtt_p99_s: float | None,
    max_loss: float,
    conditions: tuple[str, ...],
    run_commands: bool,
    churn: int,
    parallel: int,
    junit: Path | None,
    force: bool,
    output_format: Literal["text", "json"],
    quiet: bool,
) -> int:
    """Test how stable connections to a WebSocket server are, and say PASS or FAIL with the reasons.

    It passes if every connection opens and none ends by itself, if heartbeats are answered, and if
    round trips and loss stay within their limits. Pings go out ten times in --duration, at most 20 s
    apart, unless --ping-interval says otherwise: more would keep alive what would die in real use.

    It fails too where an alert rule of the workspace is raised, or a condition of --fail-on comes true
    (docs/alerts.md). What rules name to be run is run only with --run-commands.

    Exit code: 0 passed, 3 failed, 1 could not run, 2 wrong use, 130 interrupted.
    """
    found = measured(targets, options, example=EXAMPLE)
    endpoints = [_paced(endpoint, options, duration_s) for endpoint in found.endpoints]
    file = None if junit is None else _junit_file(junit, overwrite=force)
    try:
        with open_door() as door:
            alerting = found.alerting(conditions, run_programs=run_commands, complain=partial(complain, NAME))
            held = tuple(replace(endpoint, connections=connections) for endpoint in endpoints)
            if not churn and not parallel:
                door.connect(held)  # before the rest is imported
            from wsmonitor.analysis.runs.judge_run import Limits
            from wsmonitor.cli.check.result import CheckPlan
            from wsmonitor.cli.check.session import run_check

            max_rtt_p99_ns = None if max_rtt_p99_s is None else round(max_rtt_p99_s * 1e9)
            plan = CheckPlan(
                endpoints=held,
                duration_s=duration_s,
                limits=Limits(max_rtt_p99_ns=max_rtt_p99_ns, max_loss=max_loss),
                churn=churn,
                parallel=parallel,
                show_secrets=options.show_secrets,
            )
            return run_check(plan, door, output_format=output_format, quiet=quiet, junit=file, alerting=alerting)
    finally:
        if file is not None:
            file.close()


def _junit_file(path: Path, *, overwrite: bool) -> "JunitFile":
    from wsmonitor.cli.check.junit import JunitFile

    try:
        return JunitFile(path, overwrite=overwrite)
    except WsmonitorError as error:
        raise click.UsageError(f"--junit: {error}") from error


def _paced(endpoint: EndpointConfig, options: ConnectionOptions, duration_s: float) -> EndpointConfig:
    """Pings often enough to say something, and timeouts that end within the test."""
    usual = PingConfig()
    interval_s = endpoint.ping.every_s
    timeout_s = endpoint.ping.timeout_s
    if endpoint.ping.interval_s is None:
        interval_s = min(interval_s, max(0.05, duration_s / 10))
    if options.ping_timeout_s is None and timeout_s == usual.timeout_s:
        timeout_s = min(timeout_s, max(1.0, duration_s / 4))
    return replace(endpoint, ping=replace(endpoint.ping, enabled=True, interval_s=interval_s, timeout_s=timeout_s))
