"""`python -m tests.corpus`: precision and recall of every rule and of all, over the whole corpus.

Ends with 1 where a goal is missed. Give words to judge only the histories whose names contain one.

`python -m tests.corpus --held-out NAME [COUNT]`: the same for COUNT worlds drawn from seeds of that name. Give a
name that was never used: what a rule was mended for says nothing about the next one.
"""

import sys
import time

from tests.corpus.corpus import corpus
from tests.corpus.held_out import CONFIDENT, SURE, measure, series
from tests.corpus.real.__main__ import reliability
from tests.corpus.real.recorded import recordings
from tests.corpus.score import score
from wsmonitor.diagnosis.rules import RULES

PRECISION, RECALL = 0.98, 0.95


def main() -> None:
    """Print the table."""
    words = sys.argv[1:]
    if words and words[0] == "--held-out":
        sys.exit(_held_out(*words[1:]))
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
    if not words:
        _say("\nReal software, by how sure a finding was (all of it: `python -m tests.corpus.real`):\n")
        _say(reliability(recordings()))
    _say(f"\n{total.histories} histories, {events:,} events in {took_s:.1f} s")
    _say(f"precision {total.precision():.3f} (goal {PRECISION}), recall {total.recall():.3f} (goal {RECALL})")
    sys.exit(not (total.precision() >= PRECISION and total.recall() >= RECALL))


def _held_out(name: str, count: str = "300") -> int:
    result = measure(series(name, int(count)))
    _say("| rule | had to be said | was said | true besides | made up | for a while |\n|---|---|---|---|---|---|")
    for rule in RULES:
        counts = [one[rule.id] for one in (result.found, result.missed, result.allowed, result.made_up, result.passing)]
        if any(counts):
            _say(f"| {rule.id} | {sum(counts[:2])} | {' | '.join(map(str, [counts[0], *counts[2:]]))} |")
    _say("\n".join(["", *result.wrong, ""]))
    _say(f"{result.histories} worlds: precision {result.precision:.3f} (goal {PRECISION}), recall {result.recall:.3f}")
    _say(
        f"made up with a confidence of {CONFIDENT} and more: {result.confident}; taken back: {result.passing.total()}, "
        f"of which stated at {SURE} and more: {result.sure_for_a_while}"
    )
    return not (result.precision >= PRECISION and result.recall >= 0.9)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
