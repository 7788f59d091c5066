"""`wsmonitor watch`: print what connections do, line by line, as text or NDJSON."""

from typing import Any, Literal

import click
from msgspec.structs import replace

from wsmonitor.cli.measuring.door import open_door
from wsmonitor.cli.measuring.run import Plan, PlannedDisruption
from wsmonitor.cli.measuring.targets import FAIL_ON, RUN_COMMANDS, measured
from wsmonitor.cli.measuring.writer import standard_output
from wsmonitor.command_line import (
    TARGET,
    ConnectionOptions,
    Duration,
    Target,
    connection_options,
    run,
    version_option,
)
from wsmonitor.command_line.recording_options import RecordingOrder, recording_options
from wsmonitor.command_line.running import complain
from wsmonitor.facts.errors import DisruptionError, SettingsError
from wsmonitor.settings.checks import message_text_mistake, parse_duration
from wsmonitor.settings.endpoint_settings import EndpointConfig, TrafficConfig

EXAMPLE = "wsmonitor watch ws://localhost:8000/ws"


def main(args: list[str]) -> int:
    """Run `wsmonitor watch` with `args`; returns the exit code."""
    return run(watch, args, name="wsmonitor watch")


class DisruptionAt(click.ParamType[PlannedDisruption]):
    """`KIND[:ARG]@TIME`: `tcp_reset@5s`, `graceful_close:4000,bye@8s`."""

    name = "kind[:arg]@time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> PlannedDisruption:
        from wsmonitor.engine import disruptions

        what, at, when = str(value).rpartition("@")
        kind, _, argument = what.partition(":")
        if not at or not kind:
            self.fail(f"expected KIND[:ARG]@TIME such as tcp_reset@5s, found {value!r}", param, ctx)
        try:
            disruptions.parse(kind, argument)
            return PlannedDisruption(kind, argument, parse_duration(when))
        except (DisruptionError, ValueError) as error:
            self.fail(f"{error}; example: graceful_close:4000@8s", param, ctx)


class Filter(click.ParamType[str]):
    """A filter that can be understood."""

    name = "filter"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from wsmonitor.analysis.filters.filter import EVENTS, compile_filter
        from wsmonitor.settings.conditions.grammar import FilterError

        try:
            compile_filter(str(value), EVENTS)
        except FilterError as error:
            self.fail(f"{error}; example: 'code:1011 & lived<10s'", param, ctx)
        return str(value)


@click.command("watch", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.argument("targets", nargs=-1, type=TARGET, metavar="[URL]...")
@click.option("--duration", "duration_s", type=Duration(), help="End after this long; without it on Ctrl+C.")
@click.option(
    "-o", "--output", "output_format", type=click.Choice(["text", "json"]), default="text", help="json is NDJSON."
)
@click.option("--send", "texts", multiple=True, metavar="TEXT", help="Send it; ${seq} ${uuid} ${ts_ms} are filled in.")
@click.option("--send-every", "send_every_s", type=Duration(0.001), help="Send again and again; without it once.")
@click.option("--disrupt", "disruptions", multiple=True, type=DisruptionAt(), help="Force a disconnect: tcp_reset@5s.")
@click.option("--filter", "only", metavar="FILTER", type=Filter(), help="Print only such events: 'rx & size>1k'.")
@FAIL_ON
@RUN_COMMANDS
@recording_options
@click.option("--color", "colour", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours.")
@click.option("--lines", is_flag=True, help="A line for every event on a terminal too, instead of the live table.")
@click.option("--details", is_flag=True, help="Below each closure, what was seen of WebSocket, TCP and ourselves.")
@click.option("-q", "--quiet", is_flag=True, help="Only the summary.")
@connection_options
@version_option
def watch(
    *,
    targets: tuple[Target, ...],
    options: ConnectionOptions,
    duration_s: float | None,
    output_format: Literal["text", "json"],
    texts: tuple[str, ...],
    send_every_s: float | None,
    disruptions: tuple[PlannedDisruption, ...],
    only: str | None,
    fail_on: tuple[str, ...],
    run_commands: bool,
    recording: RecordingOrder | None,
    colour: str,
    quiet: bool,
    lines: bool,
    details: bool,
) -> int:
    """Print what WebSocket connections do, until --duration is over, all have stopped for good, or Ctrl+C.

    A URL without a scheme means ws://. Options on connecting apply to every endpoint, those of the
    workspace included. Times are 500ms, 20s, 2m, 1h or plain seconds; those of --duration, --disrupt and
    --send-every count from the first dial.

    Alert rules of the workspace are judged as the window does (docs/alerts.md): each alert has a line. What they name
    to be run is run only with --run-commands.

    --filter chooses events by the language of the window's filter fields (docs/filters.md); findings and the
    summary come all the same.

    A recording that cannot begin is wrong use; one that cannot go on is said on stderr, and watching goes on.

    Exit code: 0 fine, 1 could not run or not record, 2 wrong use, 3 as bad as --fail-on, 130 interrupted.
    """
    found = measured(targets, options, example=EXAMPLE)
    endpoints = [_with_traffic(endpoint, texts, send_every_s) for endpoint in found.endpoints]
    descriptor, encoding = standard_output()
    plan = Plan(endpoints, duration_s=duration_s, disruptions=disruptions)
    with open_door() as door:  # the probe starts and dials while the rest is imported
        alerting = found.alerting(fail_on, run_programs=run_commands, complain=_complain)
        recorded = None
        if recording is not None:
            from wsmonitor.cli.watch.recorded import start_recording

            recorded = start_recording(recording, door, endpoints, complain=_complain)
        door.connect(endpoints)
        from wsmonitor.cli.watch import session

        output = session.Output(
            descriptor=descriptor,
            format=output_format,
            encoding=encoding,
            colour=session.wants_colour(colour, descriptor),
            quiet=quiet,
            show_secrets=options.show_secrets,
            details=details,
            only=only or "",
            table=not lines and session.wants_table(descriptor),
        )
        return session.run_session(plan, output, door, fail_on=fail_on, recording=recorded, alerting=alerting)


def _complain(sentence: str) -> None:
    complain("wsmonitor watch", sentence)


def _with_traffic(endpoint: EndpointConfig, texts: tuple[str, ...], every_s: float | None) -> EndpointConfig:
    problems = [f"--send {text!r}: {mistake}" for text in texts if (mistake := message_text_mistake(text))]
    if every_s is not None and not texts:
        problems.append("--send-every: needs a --send TEXT; example: --send 'hello ${seq}' --send-every 1s")
    if problems:
        raise SettingsError(problems)
    return replace(endpoint, traffic=TrafficConfig(messages=texts, every_s=every_s or 0.0)) if texts else endpoint
