"""Lines to a file descriptor from a thread of their own: whoever reads slowly stalls nobody but himself."""

import os
import select
import sys
import threading
from collections import deque
from time import monotonic

import click

PATIENCE_S = 2.0
"""A reader that takes nothing for so long after the end does not get the rest."""
WAITING_LIMIT = 10_000
"""Lines that may wait before those that can be missed are refused."""
_BLOCK_BYTES = 4096
"""PIPE_BUF on Linux: so much goes into a pipe whole or not at all, so that nobody reads half a line."""


def standard_output() -> tuple[int, str]:
    """The descriptor and the encoding of stdout. Raises `click.UsageError` where there is none."""
    try:
        sys.stdout.flush()
        return sys.stdout.fileno(), sys.stdout.encoding or "utf-8"
    except (AttributeError, OSError, ValueError) as error:
        raise click.UsageError("there is no stdout to write to") from error


class LineWriter:
    """Writes lines in order; `put` never blocks, and lines that must not be missed are never refused.

    Args:
        descriptor: where to write; it stays open.
        limit: lines that may wait.
    """

    def __init__(self, descriptor: int, *, limit: int = WAITING_LIMIT) -> None:
        self.failure: OSError | None = None
        self._descriptor = descriptor
        self._limit = limit
        self._lines: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._is_finished = False
        self._written_bytes = 0
        self._thread = threading.Thread(target=self._run, name="line-writer", daemon=True)
        self._thread.start()

    @property
    def is_full(self) -> bool:
        """True while lines that can be missed would be refused."""
        return len(self._lines) >= self._limit

    @property
    def is_idle(self) -> bool:
        """True while everything was handed to whoever reads."""
        return not self._lines

    def put(self, line: bytes) -> None:
        """Write `line` when its turn comes; forgotten once nothing can be written any more."""
        with self._changed:
            if self.failure is None:
                self._lines.append(line)
                self._changed.notify()

    def finish(self, patience_s: float) -> bool:
        """Wait until everything is written; false where nothing moved for `patience_s`."""
        with self._changed:
            self._is_finished = True
            self._changed.notify()
        written, since_s = -1, monotonic()
        while self._thread.is_alive() and monotonic() - since_s < patience_s:
            if written != self._written_bytes:
                written, since_s = self._written_bytes, monotonic()
            self._thread.join(0.05)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while block := self._next_block():
                self._write(block)
        except OSError as error:
            with self._changed:
                self.failure = error
                self._lines.clear()

    def _next_block(self) -> bytes:
        """Some lines to write at once; empty when all is done."""
        with self._changed:
            while not self._lines and not self._is_finished:
                self._changed.wait()
            lines: list[bytes] = []
            size = 0
            while self._lines and (not lines or size + len(self._lines[0]) <= _BLOCK_BYTES):
                lines.append(self._lines.popleft())
                size += len(lines[-1])
        return b"".join(lines)

    def _write(self, block: bytes) -> None:
        rest = memoryview(block)
        while rest:
            try:
                written = os.write(self._descriptor, rest)
            except BlockingIOError:  # somebody made the pipe or terminal non-blocking
                select.select([], [self._descriptor], [], 1.0)
                continue
            rest = rest[written:]
            self._written_bytes += written
