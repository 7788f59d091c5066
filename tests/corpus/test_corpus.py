"""The goals for precision and recall, held over the whole corpus."""

from collections import Counter

import pytest

from tests.corpus.corpus import corpus, recorded
from tests.corpus.score import score
from wsmonitor.diagnosis.rules import RULES

PRECISION, RECALL = 0.98, 0.95


@pytest.mark.timeout(240)
def test_what_is_said_is_true_and_what_is_true_is_said(subtests: pytest.Subtests) -> None:
    result = score(corpus())

    assert result.precision() >= PRECISION, result.wrong
    assert result.recall() >= RECALL, result.wrong
    for rule in RULES:
        with subtests.test(rule.id):
            assert result.found[rule.id] >= 2, "the corpus has too few histories for it"
            assert result.misses[rule.id] > result.found[rule.id], "near misses must outnumber hits"
            assert result.precision(rule.id) >= 0.9
            assert result.recall(rule.id) >= 0.8


def test_every_row_of_the_lab_that_was_recorded_is_judged_as_it_states() -> None:
    assert score(recorded()).wrong == []


def test_a_case_gives_the_same_history_each_time() -> None:
    first, second = (Counter((one.name, len(one.events)) for one in corpus(every=9)) for _ in range(2))

    assert first == second
