"""`wsmonitor replay FILE`: a recording as text or NDJSON, as `watch` printed it or would have."""

import os
import sys
from pathlib import Path
from typing import Literal

import click

from wsmonitor.command_line import run, version_option
from wsmonitor.command_line.running import FINE, complain

NAME = "wsmonitor replay"


def main(args: list[str]) -> int:
    """Run `wsmonitor replay` with `args`; returns the exit code."""
    return run(replay_command, args, name=NAME)


@click.command("replay", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.wsmon")
@click.option("-o", "--output", "form", type=click.Choice(["text", "json"]), default="text", help="json is NDJSON.")
@click.option("--details", is_flag=True, help="Below each closure, what was seen of WebSocket, TCP and ourselves.")
@click.option("-q", "--quiet", is_flag=True, help="Only the summary.")
@version_option
def replay_command(*, file: Path, form: Literal["text", "json"], details: bool, quiet: bool) -> int:
    """Print what a recording holds, line by line, and the summary, as `wsmonitor watch` does.

    `wsmonitor FILE.wsmon` shows it in the window. What is missing from a damaged file is said on stderr.
    """
    from wsmonitor.cli.recordings.replay_lines import is_summary, text_lines
    from wsmonitor.exports.json import ndjson_file
    from wsmonitor.recording import Replay

    out = sys.stdout.buffer
    with Replay(file) as replay:
        try:
            encoding = sys.stdout.encoding or "utf-8"
            as_text = text_lines(replay, encoding=encoding, details=details)
            for line in ndjson_file.lines(replay) if form == "json" else as_text:
                if not quiet or is_summary(line):
                    out.write(line)
            out.flush()
        except BrokenPipeError:  # `| head` has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return FINE
        for problem in replay.problems:
            complain(NAME, problem)
    return FINE
