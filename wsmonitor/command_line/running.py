"""Runs a click command and turns every way it can end into an exit code and one line on stderr."""

import sys
from collections.abc import Sequence

import click

from wsmonitor.facts.errors import SettingsError, WsmonitorError
from wsmonitor.text.plain_text import visible

FINE = 0
RUNTIME_FAILURE = 1
USAGE = 2
CHECK_FAILED = 3
INTERRUPTED = 130


def run(command: click.Command, args: Sequence[str], *, name: str) -> int:
    """The exit code of `command` run with `args`; a wrong use is one line on stderr and 2.

    Mistakes in a settings file are one line each. `name` is what the user typed: `wsmonitor watch`.
    """
    try:
        code = command.main(args=list(args), prog_name=name, standalone_mode=False)
    except click.UsageError as error:
        complain(name, f"{error.format_message()} (try `{name} --help`)")
        return USAGE
    except click.ClickException as error:
        complain(name, error.format_message())
        return RUNTIME_FAILURE
    except SettingsError as error:
        for problem in error.problems:
            complain(name, problem)
        return USAGE
    except WsmonitorError as error:
        complain(name, str(error))
        return RUNTIME_FAILURE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    return code if isinstance(code, int) else FINE


def complain(name: str, problem: str) -> None:
    """Write `problem` as one line to stderr, where there is one."""
    if sys.stderr is None:  # pythonw, or started with 2>&-
        return
    line = visible(" ".join(problem.split()), limit=2000)
    encoding = sys.stderr.encoding or "ascii"
    sys.stderr.write(f"{name}: {line}\n".encode(encoding, "backslashreplace").decode(encoding))
    sys.stderr.flush()
