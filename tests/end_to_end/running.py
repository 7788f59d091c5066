"""The program as a user starts it: a process, its output, its end."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TIMEOUT_S = 50.0


@dataclass(frozen=True)
class Finished:
    """A run of the program that has ended."""

    code: int
    lines: tuple[str, ...]
    errors: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """Its output as NDJSON."""
        return [json.loads(line) for line in self.lines]

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """The records of one type."""
        return [record for record in self.records if record["type"] == kind]


def run(*args: str, env: dict[str, str] | None = None) -> Finished:
    """Run `wsmonitor ARGS` to its end."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "wsmonitor", *args],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
        check=False,
    )
    return Finished(done.returncode, tuple(done.stdout.splitlines()), done.stderr)


def watch(*args: str, until: Callable[[Finished], bool] | None = None) -> Finished:
    """Run `wsmonitor watch -o json ARGS`; with `until`, only as long as that does not hold of what was seen.

    Waiting for facts instead of for durations: a busy machine is slow, not wrong.
    """
    command = [sys.executable, "-P", "-m", "wsmonitor", "watch", "-o", "json", *args]
    if until is None:
        return run(*command[4:])
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines: list[str] = []
        timer = threading.Timer(TIMEOUT_S, process.kill)
        timer.start()
        for line in process.stdout:
            lines.append(line)
            if until(Finished(0, tuple(lines), "")):
                break
        process.terminate()
        lines += process.stdout.readlines()
        errors = process.stderr.read()
        timer.cancel()
        timer.join()
    return Finished(process.returncode, tuple(lines), errors)
