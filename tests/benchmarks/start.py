"""From the start of the process to the first paint, and to the first plotted sample."""

import time
from collections.abc import Iterator

from tests.benchmarks.processes import module, read_line, server
from tests.benchmarks.row import Row, bounded, paired

ROUNDS = 5


def run() -> Iterator[Row]:
    """In turn with a bare PySide6 window that has a table."""
    paints, samples, bare = [], [], []
    with server() as here:
        for _ in range(ROUNDS):
            began_ns = time.monotonic_ns()
            with module("first_paint", "--ping-interval", "50ms", here.url()) as process:
                paints.append((int(read_line(process)) - began_ns) / 1e6)
                samples.append((int(read_line(process)) - began_ns) / 1e6)
            began_ns = time.monotonic_ns()
            with module("bare_window") as process:
                bare.append((int(read_line(process)) - began_ns) / 1e6)
    yield paired("start to first paint, against a bare window", paints, bare, "ms", goal=1.5)
    more_ms = [sample - paint for sample, paint in zip(samples, paints, strict=True)]
    yield bounded("first paint to first plotted sample", more_ms, "ms", goal=400)
