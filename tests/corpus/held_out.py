"""Precision and recall over worlds of a series of seeds, with every wrong word and how sure it was."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.corpus.labelled import Labelled
from tests.corpus.score import judged, wrong_limit
from tests.corpus.worlds.world import world

CONFIDENT, SURE = 0.5, 0.8


@dataclass
class Result:
    """Counts over histories; `wrong` and `passing` hold a line for each mistake."""

    histories: int = 0
    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    allowed: Counter[str] = field(default_factory=Counter)
    """True, though nobody had to say it."""
    made_up: Counter[str] = field(default_factory=Counter)
    passing: Counter[str] = field(default_factory=Counter)
    """Said and taken back before the end."""
    wrong: list[str] = field(default_factory=list)
    confident: int = 0
    """Made up, and sure of it by half and more."""
    sure_for_a_while: int = 0
    """Said and taken back, and surely at that."""

    @property
    def precision(self) -> float:
        """Of all that is claimed at the end, the part that is true."""
        true, false = self.found.total() + self.allowed.total(), self.made_up.total()
        return true / (true + false) if true + false else 1.0

    @property
    def recall(self) -> float:
        """Of all that had to be claimed, the part that is."""
        found, missed = self.found.total(), self.missed.total()
        return found / (found + missed) if found + missed else 1.0


def series(name: str, count: int) -> Iterator[Labelled]:
    """The worlds of a series."""
    return (world(f"{name} {number}") for number in range(count))


def measure(histories: Iterable[Labelled]) -> Result:
    """Judge every history."""
    result = Result()
    for one in histories:
        result.histories += 1
        said, ever = judged(one)
        sure = {finding.rule: finding.confidence.value for finding in said if _counts(one, finding.severity)}
        made_up = sure.keys() - one.expected - one.allowed
        missed = one.expected - sure.keys()
        passing = ever.keys() - one.expected - one.allowed - made_up
        result.found.update(one.expected - missed)
        result.missed.update(missed)
        result.allowed.update(sure.keys() & one.allowed)
        result.made_up.update(made_up)
        result.passing.update(passing)
        result.confident += sum(sure[rule] >= CONFIDENT for rule in made_up)
        result.sure_for_a_while += sum(ever[rule] >= SURE for rule in passing)
        limit = wrong_limit(one, said)
        if made_up or missed or passing or limit:
            words = [
                ("made up", ", ".join(f"{rule} at {sure[rule]:.2f}" for rule in sorted(made_up))),
                ("missed", ", ".join(sorted(missed))),
                ("for a while", ", ".join(f"{rule} at {ever[rule]:.2f}" for rule in sorted(passing))),
            ]
            result.wrong.append(
                f"{one.name}: " + "; ".join(f"{what} {which}" for what, which in words if which) + limit
            )
    return result


def _counts(one: Labelled, severity: str) -> bool:
    """What is only for information is no false alarm on a healthy endpoint."""
    return not (one.is_healthy and severity == "info")
