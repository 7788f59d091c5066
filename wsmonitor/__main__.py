"""Chooses the command, and imports only that one.

`wsmonitor COMMAND ...` runs a command; anything else is for the window. Every command is a module
with `main(args: list[str]) -> int`.
"""

import sys
from importlib import import_module

WINDOW = "wsmonitor.gui.start.start"
COMMANDS = {
    "watch": ("wsmonitor.cli.watch.command", "print what connections do, line by line, as text or NDJSON"),
    "tap": ("wsmonitor.cli.tap.command", "stand between your own client and its server, and cut, delay, distort"),
    "lab": ("wsmonitor.cli.lab", "run the server that misbehaves on purpose"),
    "check": ("wsmonitor.cli.check.command", "hold connections for a while and say PASS or FAIL, for CI"),
    "experiment": (
        "wsmonitor.cli.experiment.command",
        "ask a server how it behaves: idle limits, dead clients, RFC",
    ),
    "compare": ("wsmonitor.cli.recordings.compare", "say what changed between two recordings"),
    "export": ("wsmonitor.cli.recordings.export", "write a recording as NDJSON, CSV, HAR, Markdown or Parquet"),
    "replay": ("wsmonitor.cli.recordings.replay", "print what a recording holds, as text or NDJSON"),
    "install-desktop": ("wsmonitor.cli.install_desktop", "put wsmonitor into the menus of your desktop"),
    "probe": ("wsmonitor.cli.probe", ""),
    "lab-worker": ("wsmonitor.lab.worker", ""),
}
"""Command name -> its module and what it does: one line for each command. What has no words is internal, not listed."""


def main(args: list[str] | None = None) -> int:
    """Run the command line `args` (default: of this process) and return the exit code."""
    words = sys.argv[1:] if args is None else args
    first = words[0] if words else ""
    if first == "--version" or (first in COMMANDS and words[1:2] == ["--version"]):
        return _print_version()
    if first in COMMANDS:
        return _run(COMMANDS[first][0], words[1:])
    if meant := _mistyped_command(first):
        return _refuse(first, meant)
    code = _run(WINDOW, words)
    if first in ("-h", "--help"):
        sys.stdout.write(_command_list())
    return code


def _run(module: str, args: list[str]) -> int:
    if "--until-stdin-ends" not in args:
        code: int = import_module(module).main(args)
        return code
    from wsmonitor.program import ends_with_parent

    with ends_with_parent():
        loaded = import_module(module)
    return int(loaded.main(args))


def _print_version() -> int:
    from wsmonitor import __version__

    sys.stdout.write(f"wsmonitor {__version__}\n")
    return 0


def _mistyped_command(word: str) -> str:
    """The command that `word` probably means; empty where it may be a host."""
    if not word.isalpha():
        return ""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word.lower(), _listed(), n=1, cutoff=0.8)), "")


def _refuse(word: str, meant: str) -> int:
    if sys.stderr is not None:
        sys.stderr.write(f"wsmonitor: {word!r} is no command, did you mean {meant!r}? (a host: ws://{word})\n")
    return 2


def _command_list() -> str:
    listed = _listed()
    width = max(map(len, listed))
    lines = [f"  {name:<{width}}  {purpose}" for name, purpose in listed.items()]
    return "\n".join(["", "Commands (wsmonitor COMMAND --help):", *lines, ""])


def _listed() -> dict[str, str]:
    """The commands for people, and what they do."""
    return {name: purpose for name, (_, purpose) in COMMANDS.items() if purpose}


if __name__ == "__main__":
    sys.exit(main())
