"""`make faults`: play many rounds, some at a time, and say what came of them; ends with 1 where one failed."""

import argparse
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor

from tests.faults.rounds import Result, Round, plan, play


def main() -> None:
    """Play the rounds and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first round")
    parser.add_argument("--at-once", type=int, default=2)
    given = parser.parse_args()
    results: dict[str, list[Result]] = defaultdict(list)
    failures = []
    with ProcessPoolExecutor(given.at_once) as pool:
        for this, outcome in pool.map(_try, range(given.first, given.first + given.rounds)):
            if isinstance(outcome, Result):
                results[f"{this.blow} {this.victim}"].append(outcome)
            else:
                failures.append(f"round {this.number}: {outcome}")
                print(failures[-1], flush=True)
            if (done := this.number - given.first + 1) % 25 == 0:
                slowest_s = max((one.closed_s for its in results.values() for one in its), default=0.0)
                print(f"{done} rounds, {len(failures)} failed, the slowest closed in {slowest_s:.2f} s", flush=True)
    print("| what happened | rounds | longest until closed | and until nobody was left |\n|---|---|---|---|")
    for what, its in sorted(results.items()):
        closed_s, gone_s = max(one.closed_s for one in its), max(one.gone_s for one in its)
        print(f"| {what} | {len(its)} | {closed_s:.2f} s | {gone_s:.2f} s |")
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
