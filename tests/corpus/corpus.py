"""The whole corpus: histories made by builders, and rows of the lab's matrix as the engine saw them."""

from collections.abc import Iterator
from itertools import islice

from tests.corpus.labelled import CONSEQUENCES, Labelled
from tests.corpus.record import recordings
from tests.corpus.synthetic import heartbeats, limits, mixed, quiet, stated, sudden, tapped


def corpus(every: int = 1) -> Iterator[Labelled]:
    """Every labelled history, or every n-th, the same ones each time."""
    numbered = (
        (case, f"{module.__name__} {number} {seed}")
        for module in (quiet, sudden, stated, heartbeats, mixed, limits, tapped)
        for number, (case, seeds) in enumerate(module.CASES.items())
        for seed in range(seeds)
    )
    for case, seed in islice(numbered, 0, None, every):
        yield case(seed)
    yield from recorded()


def recorded() -> Iterator[Labelled]:
    """Rows of the lab's matrix."""
    for one in recordings():
        yield Labelled(
            f"lab {one.name}",
            (one.config,),
            one.events,
            frozenset(one.expected),
            CONSEQUENCES if one.expected else frozenset(),
            not one.expected,
        )
