"""`make experiments`: every row of the lab so many times, and how often it was answered right."""

import argparse
import asyncio
import sys

from tests.experiments.lab_rows import ROWS
from tests.experiments.lab_runs import answers


def main() -> int:
    """0 if every answer of every round was right."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    right = dict.fromkeys((row.name for row in ROWS), 0)
    for number in range(1, rounds + 1):
        found = asyncio.run(answers(ROWS))
        for row in ROWS:
            problems = row.problems(found[row.name])
            right[row.name] += not problems
            if problems:
                print(f"round {number}: {row.name}: {'; '.join(problems)}", flush=True)
        print(f"round {number} of {rounds}: {sum(right.values())} of {number * len(ROWS)} right", flush=True)
    for name, count in right.items():
        print(f"{count:3} of {rounds}  {name}")
    return 0 if all(count == rounds for count in right.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
