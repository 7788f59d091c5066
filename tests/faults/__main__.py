"""`make faults`: play many rounds, two at a time, and say what came of them; ends with 1 where one failed."""

import argparse
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

from tests.faults.rounds import Result, Round, plan, play


def main() -> None:
    """Play the rounds and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first round")
    given = parser.parse_args()
    gone_s: dict[str, list[float]] = defaultdict(list)
    failures = []
    with ThreadPoolExecutor(2) as pool:
        for this, outcome in pool.map(_try, range(given.first, given.first + given.rounds)):
            if isinstance(outcome, Result):
                gone_s[f"{this.blow} {this.victim}"].append(outcome.gone_s)
            else:
                failures.append(f"round {this.number}: {outcome}")
                print(failures[-1], flush=True)
    print("| what happened | rounds | longest until nobody was left |\n|---|---|---|")
    for what, times_s in sorted(gone_s.items()):
        print(f"| {what} | {len(times_s)} | {max(times_s):.2f} s |")
    print(f"{given.rounds} rounds, {len(failures)} failed")
    sys.exit(bool(failures))


def _try(number: int) -> tuple[Round, Result | AssertionError]:
    this = plan(number)
    try:
        return this, play(this)
    except AssertionError as error:
        return this, error


if __name__ == "__main__":
    main()
