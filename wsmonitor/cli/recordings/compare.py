"""`wsmonitor compare BEFORE.wsmon AFTER.wsmon`: what a change changed, as far as the samples tell."""

from functools import partial
from pathlib import Path
from typing import Literal

import click

from wsmonitor.command_line import run, version_option
from wsmonitor.command_line.running import FINE, complain

NAME = "wsmonitor compare"
_FILE = click.Path(dir_okay=False, path_type=Path)


def main(args: list[str]) -> int:
    """Run `wsmonitor compare` with `args`; returns the exit code."""
    return run(compare_command, args, name=NAME)


@click.command("compare", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.argument("before", type=_FILE, metavar="BEFORE.wsmon")
@click.argument("after", type=_FILE, metavar="AFTER.wsmon")
@click.option("-o", "--output", "form", type=click.Choice(["text", "json", "markdown"]), default="text")
@version_option
def compare_command(*, before: Path, after: Path, form: Literal["text", "json", "markdown"]) -> int:
    """Compare a recording made before a change with one made after it.

    Endpoints are matched by name; two recordings of one endpoint each are compared whatever it is called.
    A difference is claimed (better, worse) only where chance alone would make it in less than 5 % of cases;
    otherwise it says `no difference shown`, or `too few samples` where none could have been shown.
    """
    from wsmonitor.exports.compared import NothingToCompareError, Side, compared
    from wsmonitor.exports.report import comparison
    from wsmonitor.recording import Replay

    sides = [Side(path.name, partial(Replay, path)) for path in (before, after)]
    try:
        found = compared(sides[0], sides[1], lambda _: None)
    except NothingToCompareError as error:
        raise click.UsageError(str(error)) from error
    for name in found.alone:
        complain(NAME, f"{name} is in one recording only")
    for problem in found.problems:
        complain(NAME, problem)
    words = {"text": comparison.text, "json": comparison.json_text, "markdown": comparison.markdown}
    click.echo(words[form](found), nl=False)
    return FINE
