"""`make bench`: the table of all benchmarks, and `build/bench.json`; ends with 1 where a goal is missed.

`python -m tests.benchmarks NAME ...` runs only these.
"""

import compileall
import json
import os
import platform
import sys
import time
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks import (
    channel,
    commands,
    faults,
    fidelity,
    filtering,
    frames,
    history,
    idle,
    memory,
    replay,
    scale,
    stall,
    start,
    through_a_tap,
    throughput,
    used,
    watched,
    wire_truth,
)
from tests.benchmarks.row import Row
from tools import system_packages
from tools.performance import HEAD, line

BENCHMARKS = (
    *(fidelity, wire_truth, stall, frames, used, throughput, scale, start, commands, memory, idle),
    *(channel, watched, through_a_tap, faults, history, filtering, replay),
)
RESULT = Path("build/bench.json")
COMPILED = ("wsmonitor", "tests/benchmarks")
"""The program is measured as pip leaves it where it is installed: compiled, even if the environment forbids to."""


def main() -> None:
    """Print the table as it grows, and write it."""
    wanted = sys.argv[1:]
    for folder in COMPILED:
        compileall.compile_dir(folder, quiet=1)
    system_packages.offer(system_packages.missing_commands({"tcpdump": "tcpdump"}))
    rows: list[Row] = []
    began_s = time.monotonic()
    print("\n".join(HEAD), flush=True)
    for benchmark in BENCHMARKS:
        if wanted and benchmark.__name__.rpartition(".")[2] not in wanted:
            continue
        for row in benchmark.run():
            rows.append(row)
            print(line(_told(row)), flush=True)
    if not wanted:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(_result(rows, time.monotonic() - began_s), indent=1) + "\n")
    sys.exit(any(row.ok == "no" for row in rows))


def _result(rows: list[Row], lasted_s: float) -> dict[str, object]:
    return {
        "when": time.strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "lasted_s": round(lasted_s),
        "rows": [_told(row) for row in rows],
    }


def _told(row: Row) -> dict[str, object]:
    return asdict(row) | {"ratio": row.ratio, "ok": row.ok}


if __name__ == "__main__":
    main()
