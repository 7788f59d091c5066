"""Openings that were taken and refused -> how many a second, and how sure that is."""

import pytest

from wsmonitor.experiments.bench import Seen
from wsmonitor.experiments.experiment import Circumstances, Judgement
from wsmonitor.experiments.limits.facts import LimitFacts, Rate
from wsmonitor.experiments.limits.judge import judge
from wsmonitor.experiments.options import ExperimentOptions


def fine(per_s: int) -> Rate:
    return Rate(per_s, 5 * per_s)


def refused(per_s: int, opened: int, after_s: float) -> Rate:
    return Rate(per_s, opened, "HTTP 429", after_s)


def judged(*rates: Rate) -> Judgement:
    return judge(LimitFacts(rates=list(rates)), Circumstances(options=ExperimentOptions(), seen=Seen()))


@pytest.mark.parametrize(
    ("rates", "per_s", "error"),
    [
        ((fine(1), fine(2), refused(5, 3, 0.7), fine(3)), 3, 0),
        ((fine(1), fine(2), refused(5, 7, 1.5), fine(2)), 2, 2),
        ((fine(5), refused(10, 9, 0.96), refused(9, 9, 0.99), fine(8)), 8, 1),
        ((fine(1), fine(2), fine(5), fine(10)), None, None),
    ],
)
def test_the_pace_that_was_taken_is_told_with_how_much_more_it_may_be(
    rates: tuple[Rate, ...], per_s: int | None, error: int | None
) -> None:
    found = judged(*rates)

    assert (found.value["openings_per_s"], found.error["openings_per_s"]) == (per_s, error)


def test_a_server_that_refuses_slower_ones_too_has_no_limit_of_a_second() -> None:
    found = judged(fine(1), fine(2), refused(5, 15, 3.0), refused(2, 0, 0.0))

    assert found.value["openings_per_s"] is None
    assert found.checks[-1].verdict == "inconclusive: slower ones are refused too"
