"""`python -m tests.corpus`: precision and recall of every rule and of all, over the whole corpus.

Ends with 1 where a goal is missed. Give words to judge only the histories whose names contain one.
"""

import sys
import time

from tests.corpus.corpus import corpus
from tests.corpus.score import score
from wsmonitor.analysis.rules import RULES

PRECISION, RECALL = 0.98, 0.95


def main() -> None:
    """Print the table."""
    words = sys.argv[1:]
    chosen = [one for one in corpus() if not words or any(word in one.name for word in words)]
    started_s = time.perf_counter()
    total = score(chosen)
    took_s = time.perf_counter() - started_s
    events = sum(len(one.events) for one in chosen)
    _say("| rule | hits | found | missed | near misses | made up | precision | recall")
    _say("|---|---|---|---|---|---|---|---|")
    for rule in RULES:
        found, missed, made_up = total.found[rule.id], total.missed[rule.id], total.made_up[rule.id]
        numbers = f"{found + missed} | {found} | {missed} | {total.misses[rule.id]} | {made_up}"
        _say(f"| {rule.id} | {numbers} | {total.precision(rule.id):.3f} | {total.recall(rule.id):.3f} |")
    _say("\n".join(["", *total.wrong]))
    _say(f"\n{total.histories} histories, {events:,} events in {took_s:.1f} s")
    _say(f"precision {total.precision():.3f} (goal {PRECISION}), recall {total.recall():.3f} (goal {RECALL})")
    sys.exit(not (total.precision() >= PRECISION and total.recall() >= RECALL))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
