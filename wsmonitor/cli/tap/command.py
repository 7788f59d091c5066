"""`wsmonitor tap`: stand between a client and its server, print what both do, and cut, delay and distort on demand."""

import contextlib
from pathlib import Path
from typing import Any, Literal

import click
from msgspec.structs import replace

from wsmonitor.cli.measuring.door import CommandRefused, open_door
from wsmonitor.cli.measuring.run import Plan
from wsmonitor.cli.measuring.targets import FAIL_ON, RUN_COMMANDS, Measured, rules_of
from wsmonitor.cli.measuring.writer import standard_output
from wsmonitor.cli.watch.recorded import start_recording
from wsmonitor.command_line import (
    TARGET,
    ConnectionOptions,
    Duration,
    Target,
    connection_options,
    endpoints_from,
    run,
    version_option,
)
from wsmonitor.command_line.recording_options import RecordingOrder, recording_options
from wsmonitor.command_line.running import complain
from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.checks import address_mistake, host_mistake, origin_mistake, parse_duration
from wsmonitor.settings.endpoint_settings import FaultConfig, TapConfig
from wsmonitor.settings.tap_faults import FAULTS, read_fault

EXAMPLE = "wsmonitor tap ws://localhost:8000 --listen 9001"
NAME = "wsmonitor tap"


def main(args: list[str]) -> int:
    """Run `wsmonitor tap` with `args`; returns the exit code."""
    return run(tap, args, name=NAME)


class FaultAt(click.ParamType[FaultConfig]):
    """`KIND[:ARG]@TIME[+DURATION]`: `latency:100ms@5s+10s`, `reset:client@8s`; without a time it is on at once."""

    name = "kind[:arg][@time[+duration]]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> FaultConfig:
        what, at, when = str(value).rpartition("@")
        if not at:
            what, when = str(value), "0"
        kind, _, argument = what.partition(":")
        at_text, plus, duration = when.partition("+")
        try:
            fault = read_fault(kind, argument)
            at_s = parse_duration(at_text)
            duration_s = parse_duration(duration) if plus else 0.0
        except ValueError as error:
            self.fail(f"{error}; example: latency:100ms@5s+10s", param, ctx)
        if plus and not fault.kind.lasts:
            self.fail(f"{kind} happens once and lasts no time, found +{duration}", param, ctx)
        return FaultConfig(kind=kind, argument=argument, at_s=at_s, duration_s=duration_s)


_FAULTS = "\n".join(f"  {one.kind + (':' + one.example if one.example else ''):<32}{one.hint}" for one in FAULTS)


@click.command(
    "tap",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=f"\b\nFaults:\n{_FAULTS}",
)
@click.argument("target", required=False, type=TARGET, metavar="[URL]")
@click.option("--listen", type=click.IntRange(0, 65535), metavar="PORT", help="Port on 127.0.0.1 and ::1 [a free one].")
@click.option("--fault", "faults", multiple=True, type=FaultAt(), help="A fault on the way; repeatable.")
@click.option("--duration", "duration_s", type=Duration(), help="End after this long; without it on Ctrl+C.")
@click.option(
    "-o", "--output", "output_format", type=click.Choice(["text", "json"]), default="text", help="json is NDJSON."
)
@FAIL_ON
@RUN_COMMANDS
@click.option("--tls", is_flag=True, help="Speak TLS to clients, with a certificate made for it.")
@click.option("--listen-cert", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Or with this (PEM).")
@click.option("--listen-key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its key (PEM).")
@click.option("--allow-host", "hosts", multiple=True, metavar="HOST", help="Answer to this Host too; repeatable.")
@click.option("--allow-origin", "origins", multiple=True, metavar="ORIGIN", help="Serve its pages too; repeatable.")
@click.option("--keep-host", is_flag=True, help="Pass Host and Origin on as they are.")
@click.option("--forwarded", is_flag=True, help="Add X-Forwarded-Host and X-Forwarded-For.")
@click.option("--mimic", is_flag=True, help="Reset a client whose server cannot be reached, instead of answering 502.")
@click.option("--small-buffers", is_flag=True, help="64 KiB of kernel buffer, so that a slow reader is felt sooner.")
@click.option("--listen-anywhere", metavar="ADDRESS", help="Listen on this address; whoever reaches it can use it.")
@recording_options
@click.option("--color", "colour", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours.")
@click.option("--details", is_flag=True, help="Below each closure, what was seen of WebSocket, TCP and ourselves.")
@click.option("-q", "--quiet", is_flag=True, help="Only the summary.")
@connection_options
@version_option
def tap(  # every option of the tap and of connecting
    *,
    target: Target | None,
    options: ConnectionOptions,
    faults: tuple[FaultConfig, ...],
    duration_s: float | None,
    output_format: Literal["text", "json"],
    fail_on: tuple[str, ...],
    run_commands: bool,
    tls: bool,
    listen_cert: Path | None,
    listen_key: Path | None,
    recording: RecordingOrder | None,
    colour: str,
    details: bool,
    quiet: bool,
    **settings: Any,
) -> int:
    """Stand between your own client and URL, its server: change the client's URL to what is printed.

    Bytes pass unchanged but for Host and Origin. `tx` is what your client sent, `rx` what it got. Options on
    connecting apply to the server's leg. Without a URL, the taps of --workspace run, and its alert rules are judged.

    Exit code: 0 fine, 1 could not run or not record, 2 wrong use, 3 as bad as --fail-on, 130 interrupted.
    """
    from wsmonitor.cli.tap.certificate import temporary_certificate
    from wsmonitor.cli.watch import session

    with contextlib.ExitStack() as stack:
        if tls and listen_cert is None:
            made = stack.enter_context(temporary_certificate())
            listen_cert = made.chain
            complain(NAME, f"clients must trust {made.authority} (it is gone when the tap ends)")
        found = _tapped(target, options, _settings(settings, faults, listen_cert, listen_key))
        endpoints = found.endpoints
        descriptor, encoding = standard_output()
        output = session.Output(
            command=NAME,
            descriptor=descriptor,
            format=output_format,
            encoding=encoding,
            colour=session.wants_colour(colour, descriptor),
            quiet=quiet,
            show_secrets=options.show_secrets,
            details=details,
        )
        door = stack.enter_context(open_door())
        alerting = found.alerting(fail_on, run_programs=run_commands, complain=_complain)
        recorded = None if recording is None else start_recording(recording, door, endpoints, complain=_complain)
        door.connect(endpoints)
        plan = Plan(endpoints, duration_s=duration_s)
        try:
            return session.run_session(plan, output, door, fail_on=fail_on, recording=recorded, alerting=alerting)
        except CommandRefused as error:
            raise SettingsError([str(error)]) from error


def _complain(sentence: str) -> None:
    complain(NAME, sentence)


def _settings(given: dict[str, Any], faults: tuple[FaultConfig, ...], cert: Path | None, key: Path | None) -> TapConfig:
    """The settings of the listener. Raises `SettingsError` for what cannot be used."""
    address = given["listen_anywhere"] or ""
    problems = [f"--allow-host: {mistake}" for host in given["hosts"] if (mistake := host_mistake(host))]
    problems += [f"--allow-origin: {mistake}" for origin in given["origins"] if (mistake := origin_mistake(origin))]
    if mistake := address_mistake(address):
        problems.append(f"--listen-anywhere: {mistake}")
    if key is not None and cert is None:
        problems.append("--listen-key: needs the certificate that belongs to it; example: --listen-cert tap.pem")
    if problems:
        raise SettingsError(problems)
    if address:
        _complain(f"whoever reaches {address} can now use this tap, and through it your server")
    return TapConfig(
        listen=given["listen"] or 0,
        address=address,
        allow_hosts=given["hosts"],
        allow_origins=given["origins"],
        keep_host=given["keep_host"],
        forwarded=given["forwarded"],
        mimic=given["mimic"],
        small_buffers=given["small_buffers"],
        cert="" if cert is None else str(cert.absolute()),
        key="" if key is None else str(key.absolute()),
        fault=faults,
    )


def _tapped(target: Target | None, options: ConnectionOptions, settings: TapConfig) -> Measured:
    """The tap of the command line, or those of the workspace with what the command line says of them, and its rules.

    Raises `click.UsageError` where there is none.
    """
    if options.subprotocols or options.echo or options.once or options.ping_interval_s:
        raise click.UsageError("-s, --echo, --once, --ping-interval: that is up to your client; a tap passes on")
    file = target.file if target is not None and target.file else options.workspace
    if target is not None and not target.file:
        return Measured([replace(one, tap=settings) for one in endpoints_from([target], options)])
    if file is None:
        raise click.UsageError(f"expected a URL or --workspace FILE, found neither; example: {EXAMPLE}")
    from wsmonitor.settings.workspace import load

    workspace = load(file)
    taps = [one for one in workspace.endpoints if one.is_tap]
    if not taps:
        raise click.UsageError(f"{file} has no tap ([endpoint.tap]); example: {EXAMPLE}")
    endpoints = [
        replace(one, tap=replace(one.tap, fault=(*one.tap.fault, *settings.fault))) if one.tap is not None else one
        for one in endpoints_from([], options, taps)
    ]
    return Measured(endpoints, rules_of([workspace]))
