"""Labelled histories: what the rules must find, and what they must not, measured as precision and recall."""

from collections.abc import Iterator

from tests.corpus.labelled import Labelled
from tests.corpus.synthetic import heartbeats, mixed, quiet, stated, sudden


def corpus() -> Iterator[Labelled]:
    """Every labelled history, the same ones each time."""
    for module in (quiet, sudden, stated, heartbeats, mixed):
        for number, (case, seeds) in enumerate(module.CASES.items()):
            for seed in range(seeds):
                yield case(f"{module.__name__} {number} {seed}")
