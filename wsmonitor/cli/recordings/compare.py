"""`wsmonitor compare BEFORE.wsmon AFTER.wsmon`: what a change changed, as far as the samples tell."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from wsmonitor.command_line import run, version_option
from wsmonitor.command_line.running import FINE, complain

if TYPE_CHECKING:
    from wsmonitor.analysis.runs.compare import Outcomes  # imported late where it runs: it takes numpy along

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
    from wsmonitor.analysis.runs.compare import compare
    from wsmonitor.cli.recordings import compare_output

    outcomes = [_outcomes(before), _outcomes(after)]
    comparisons, alone = compare(outcomes[0], outcomes[1])
    if not comparisons:
        names = ", ".join(alone) or "none"
        raise click.UsageError(f"the recordings have no endpoint in common (found: {names}); name them alike in both")
    for name in alone:
        complain(NAME, f"{name} is in one recording only")
    words = {"text": compare_output.text, "json": compare_output.json_text, "markdown": compare_output.markdown}
    click.echo(words[form](comparisons, before.name, after.name), nl=False)
    return FINE


def _outcomes(path: Path) -> "Outcomes":
    from wsmonitor.analysis.runs.compare import Run
    from wsmonitor.recording import Replay

    with Replay(path) as replay:
        folded = Run(replay.start_ns, replay.wall_ns, replay.endpoints)
        for batch in replay.batches():
            folded.feed(batch)
        for problem in replay.problems:
            complain(NAME, f"{path.name}: {problem}")
        return folded.finished(replay.end_ns)
