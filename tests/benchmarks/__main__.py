"""`make bench`: one row per benchmark; ends with 1 where a goal is missed."""

import sys

from tests.benchmarks import channel, filtering, history, replay, tap

BENCHMARKS = (channel, tap, history, filtering, replay)


def main() -> None:
    """Print the table."""
    print("| name | ours (ns) | reference (ns) | ratio | goal | ok |\n|---|---|---|---|---|---|")
    met = True
    for benchmark in BENCHMARKS:
        row = benchmark.run()
        met = met and row.ok
        numbers = f"{row.ours_ns:.0f} | {row.reference_ns:.0f} | {row.ratio:.2f} | {row.goal:.2f}"
        print(f"| {row.name} | {numbers} | {'yes' if row.ok else 'no'} |", flush=True)
    sys.exit(not met)


if __name__ == "__main__":
    main()
