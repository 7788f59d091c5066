"""`python -m tests.corpus.real`: how right the first finding is about real software, by family.

Of families that rules are never tuned on only the totals are printed. `--write` puts the tables into
`docs/truth.md`; `--folder` judges other recordings than those of the corpus.
"""

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Final

from tests.corpus.real.measure import OUTCOMES, Measured, measure
from tests.corpus.real.recorded import FOLDER, Recording, recordings
from tests.real.software import NEVER_TUNED_ON

TRUTH: Final = Path(__file__).resolve().parents[3] / "docs" / "truth.md"
_HEADING: Final = """# How right wsmonitor is about servers that nobody here wrote

Real servers and proxies from Debian, npm and Python packages, with one fault planted in each run (`make real`); written
by `python -m tests.corpus.real --write`. The first finding counts. "Left out" are families that no rule was ever tuned
on: while rules are worked on, only their totals are read.
"""


def main() -> None:
    """Print the tables; write them where that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.real", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write {TRUTH.name}")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the recordings are")
    options = parser.parse_args()
    runs = recordings(options.folder)
    if options.write:
        day = time.strftime("%Y-%m-%d")
        TRUTH.write_text(f"{_HEADING}\nMeasured on {day}.\n\n{tables(runs)}\n", encoding="utf-8")
    report(runs)


def report(runs: list[Recording]) -> None:
    """Every mistake about families that may be looked at, then the tables."""
    known = [run for run in runs if run.family not in NEVER_TUNED_ON]
    _say("\n".join(measure(known).lines))
    _say("")
    _say(tables(runs))


def tables(runs: list[Recording]) -> str:
    """Outcomes by family, and claims by how sure they were, as Markdown."""
    families: dict[str, list[Recording]] = defaultdict(list)
    for run in runs:
        families[run.family].append(run)
    measured = {family: measure(members) for family, members in families.items()}
    sides = {"tuned": Measured(), "left out": Measured()}
    rows = [_head()]
    for family in sorted(measured, key=lambda name: (name in NEVER_TUNED_ON, name)):
        side = "left out" if family in NEVER_TUNED_ON else "tuned"
        sides[side].add(measured[family])
        rows.append(_row(f"{family}{' (left out)' if side == 'left out' else ''}", measured[family]))
    rows += [_row(f"**{side}**", one) for side, one in sides.items()]
    return "\n".join([*rows, "", *_reliability(sides), "", *_by_fault(runs)])


def _by_fault(runs: list[Recording]) -> list[str]:
    """How often the first finding was right, for each planted fault, tuned on and left out."""
    faults: dict[str, tuple[list[Recording], list[Recording]]] = defaultdict(lambda: ([], []))
    for run in runs:
        if run.fault != "healthy":
            faults[run.fault][run.family in NEVER_TUNED_ON].append(run)
    rows = ["| fault | right first, tuned | right first, left out |", "|---|---|---|"]
    for fault, sides in sorted(faults.items()):
        cells = [f"{measure(side).outcomes['right first']} of {len(side)}" if side else "" for side in sides]
        rows.append(f"| {fault} | {' | '.join(cells)} |")
    return rows


def reliability(runs: list[Recording]) -> str:
    """Only how true findings were, by how sure they were."""
    known = measure(run for run in runs if run.family not in NEVER_TUNED_ON)
    unseen = measure(run for run in runs if run.family in NEVER_TUNED_ON)
    return "\n".join(_reliability({"tuned": known, "left out": unseen}))


def _head() -> str:
    return f"| family | faults | {' | '.join(OUTCOMES)} | healthy | alarmed |\n|{'---|' * (len(OUTCOMES) + 4)}"


def _row(name: str, one: Measured) -> str:
    counts = " | ".join(str(one.outcomes[outcome]) for outcome in OUTCOMES)
    return f"| {name} | {one.faults} | {counts} | {one.healthy} | {one.alarmed} |"


def _reliability(sides: dict[str, Measured]) -> list[str]:
    """Of the findings that were stated so surely, how many were true."""
    rows = ["| how sure | findings | true |", "|---|---|---|"]
    for side, one in sides.items():
        share = one.outcomes["right first"] / one.faults if one.faults else 1.0
        for band in ("0.8 and more", "0.5 to 0.8", "below 0.5"):
            told, true = one.claims[band], one.true_claims[band]
            rows.append(f"| {side}, {band} | {told} | {true} ({true / told if told else 1.0:.0%}) |")
        rows.append(f"| {side}, right first | {one.faults} | {one.outcomes['right first']} ({share:.0%}) |")
    return rows


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
