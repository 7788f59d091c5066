"""Runs the programs of alerts from a thread of its own: whoever raises an alert never waits."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from wsmonitor.alerts.pacing import Pacing, Run
from wsmonitor.facts.events import AlertChanged
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import exact_s

_LOOK_S = 0.05
"""So often is looked whether a program has ended."""
_IDLE_S = 0.5
_GONE_S = 1.0
"""So long may it take until a program that was ended is gone."""


class _Program(Struct):
    run: Run
    process: "subprocess.Popen[bytes]"
    until_s: float


class Programs:
    """Starts the programs of alert rules, one run of a rule at a time, and ends what takes too long.

    Args:
        complain: told in one sentence, from another thread, what did not work.
    """

    def __init__(self, *, complain: Callable[[str], None]) -> None:
        self._complain = complain
        self._pacing = Pacing()
        self._running: list[_Program] = []
        self._changed = threading.Condition()
        self._end_s: float | None = None
        """When it was told to end, by when."""
        self._thread: threading.Thread | None = None

    def run(self, rule: AlertRule, changes: Sequence[AlertChanged], folder: Path) -> None:
        """Tell the program of `rule` about `changes`, now or soon; its relative paths are those of `folder`."""
        with self._changed:
            if self._end_s is not None:
                return
            self._pacing.add(rule, changes, time.time_ns(), folder)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="alert-programs", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self, patience_s: float) -> None:
        """Start what is due and nothing more, and wait for it; what still runs after `patience_s` is ended."""
        with self._changed:
            self._end_s = time.monotonic() + patience_s
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(patience_s + _GONE_S)

    def _work(self) -> None:
        while True:
            self._reap()
            with self._changed:
                due = self._pacing.due(time.monotonic())
                if not due:
                    if self._end_s is not None and (not self._running or time.monotonic() >= self._end_s):
                        break
                    self._changed.wait(_LOOK_S if self._running else None if self._pacing.is_empty else _IDLE_S)
                    continue
            for run in due:
                self._start(run)
        for program in self._running:
            _kill(program.process)

    def _start(self, run: Run) -> None:
        rule = run.rule
        try:
            process = subprocess.Popen(
                rule.command,
                cwd=run.folder,
                env=os.environ | run.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            self._pacing.ended(run)
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self._tell(rule, f"cannot be started: {reason}")
            return
        self._running.append(_Program(run, process, time.monotonic() + rule.timeout_s))

    def _reap(self) -> None:
        """Take note of what ended, and end what runs too long."""
        for program in list(self._running):
            code = program.process.poll()
            rule = program.run.rule
            if code is None and time.monotonic() < program.until_s:
                continue
            if code is None:
                _kill(program.process)
                self._tell(rule, f"took longer than {exact_s(rule.timeout_s)} and was ended")
            elif code != 0:
                self._tell(rule, f"ended with {code}")
            self._running.remove(program)
            self._pacing.ended(program.run)

    def _tell(self, rule: AlertRule, what: str) -> None:
        self._complain(f"The program of alert {visible(rule.name, 60)} ({visible(rule.command[0], 80)}) {what}")


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End a program and what it has started."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0.5)
