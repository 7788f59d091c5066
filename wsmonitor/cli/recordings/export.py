"""`wsmonitor export FILE --format ID -o OUT`: a recording in another format."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from wsmonitor.command_line import run, version_option
from wsmonitor.command_line.running import FINE, INTERRUPTED, complain

NAME = "wsmonitor export"


def main(args: list[str]) -> int:
    """Run `wsmonitor export` with `args`; returns the exit code."""
    return run(export_command, args, name=NAME)


def _formats() -> list[str]:
    from wsmonitor.exports import FORMATS

    return [form.id for form in FORMATS]


@click.command("export", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.wsmon")
@click.option("--format", "form_id", type=click.Choice(_formats()), help="By default what OUT's name ends with.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="OUT")
@click.option("--force", is_flag=True, help="Overwrite OUT if it exists.")
@version_option
def export_command(*, file: Path, form_id: str | None, output: Path, force: bool) -> int:
    """Write a recording in another format.

    \b
    ndjson        one object a line, as `watch -o json` prints it
    csv           every heartbeat: round trips and misses
    csv-closures  every ended connection
    csv-summary   loss and round trips with the headings of mtr
    har           HAR 1.2 with WebSocket messages, for browsers and HTTP tools
    markdown      a report to paste into an issue
    parquet       every heartbeat, for data frames (pip install 'wsmonitor[parquet]')

    Nothing is written if it is interrupted. What is missing from a damaged recording is said on stderr.
    """
    from wsmonitor.exports import FORMATS
    from wsmonitor.exports.source import ExportCancelledError
    from wsmonitor.exports.writing import export
    from wsmonitor.recording import RecordingError, Replay
    from wsmonitor.recording.whole_file import remove, reserve

    form = next((one for one in FORMATS if one.id == form_id or (not form_id and one.suffix == output.suffix)), None)
    if form is None:
        raise click.UsageError(f"--format is needed: {output.name!r} could be anything; example: --format markdown")
    try:
        remove(reserve(output, overwrite=force))
    except RecordingError as error:
        raise click.UsageError(f"-o: {error}") from error
    cancelled = threading.Event()
    with _interrupts(cancelled), Replay(file) as replay:
        try:
            export(replay, form, output, force=force, is_cancelled=cancelled.is_set, recording=file)
        except ExportCancelledError:
            return INTERRUPTED
        for problem in replay.problems:
            complain(NAME, problem)
    return FINE


@contextmanager
def _interrupts(cancelled: threading.Event) -> Iterator[None]:
    """Ctrl+C sets `cancelled`, so that the half-written file is taken away."""
    before = signal.signal(signal.SIGINT, lambda *_: cancelled.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
