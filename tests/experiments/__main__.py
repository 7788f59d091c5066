"""`make experiments`: every row of the lab so many times, and how often it was answered right."""

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.experiments.lab_rows import ROWS
from tests.experiments.lab_runs import problems_of_a_round

AT_ONCE = 7
"""Rounds that run side by side, each with a lab of its own: they mostly wait."""


def main() -> int:
    """0 if every answer of every round was right."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    asked = parser.parse_args()
    began_s = time.monotonic()
    right = dict.fromkeys((row.name for row in ROWS), 0)
    with ProcessPoolExecutor(asked.at_once, get_context("spawn")) as pool:
        for number, (problems, late_s) in enumerate(pool.map(problems_of_a_round, range(asked.rounds)), start=1):
            for name, wrong in problems.items():
                right[name] += not wrong
                if wrong:
                    print(f"round {number}: {name}: {'; '.join(wrong)}", flush=True)
            so_far = f"{sum(right.values())} of {number * len(ROWS)} right after {time.monotonic() - began_s:.0f} s"
            print(f"round {number} of {asked.rounds}: {so_far}; up to {1000 * late_s:.0f} ms late", flush=True)
    for name, count in right.items():
        print(f"{count:3} of {asked.rounds}  {name}")
    return 0 if all(count == asked.rounds for count in right.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
