"""`python -m tools.mutation [PATTERN ...]`: wrong versions of the pure parts, and how many of them the tests notice.

mutmut makes them (`[tool.mutmut]` in `pyproject.toml` says of which files, and which tests look) in `mutants/`, goes
on where it was stopped, and with patterns such as `wsmonitor.engine.states*` makes only those. What runs for ever
counts as noticed; what no test reaches does not. `mutmut show NAME` prints one that was not noticed.
"""

import re
import subprocess
import sys
import venv
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
VENV: Final = ROOT / "build" / "mutation"
MUTMUT: Final = VENV / "bin" / "mutmut"
GOAL: Final = 0.9
NOTICED: Final = {"killed", "timeout", "caught by type check", "segfault"}
_LINE: Final = re.compile(r"\s*(\S+?)\.x\S*__mutmut_\d+: (.+)")


def main(patterns: list[str]) -> int:
    """0 where the goal is met in what was looked at."""
    if not MUTMUT.exists():
        venv.create(VENV, with_pip=True)
        wanted = ("--quiet", "--constraint", "constraints.txt", "--editable", ".[dev]", "mutmut>=3.8,<4")
        subprocess.run([VENV / "bin" / "python", "-m", "pip", "install", *wanted], cwd=ROOT, check=True)
    subprocess.run([MUTMUT, "run", *patterns], cwd=ROOT, check=False)
    listed = subprocess.run([MUTMUT, "results", "--all", "true"], cwd=ROOT, capture_output=True, text=True, check=True)
    score, lines = report(listed.stdout)
    print("\n".join(lines))
    return 0 if score >= GOAL else 1


def report(results: str) -> tuple[float, list[str]]:
    """The share of mutants that were noticed, and a line for each file and for all, from what `mutmut results` says."""
    by_file: dict[str, Counter[str]] = defaultdict(Counter)
    for match in map(_LINE.match, results.splitlines()):
        if match is not None and match[2] != "not checked":
            by_file[match[1]][match[2]] += 1
    lines = [_line(name, counts) for name, counts in sorted(by_file.items())]
    total = sum(by_file.values(), Counter[str]())
    return _share(total), [*lines, _line("all", total)]


def _line(name: str, counts: Counter[str]) -> str:
    missed = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()) if kind not in NOTICED)
    return f"{_share(counts):6.1%}  of {counts.total():5}  {name}{f': {missed}' if missed else ''}"


def _share(counts: Counter[str]) -> float:
    noticed = sum(count for kind, count in counts.items() if kind in NOTICED)
    return noticed / counts.total() if counts else 0.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
