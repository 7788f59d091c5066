"""What is found about real software, as it was recorded: held, so that a rule that gets worse is seen."""

import pytest
from msgspec.structs import replace

from tests.corpus.real.__main__ import TRUTH, sides, tables
from tests.corpus.real.measure import SURE, measure, total
from tests.corpus.real.recorded import Recording, recordings
from tests.corpus.real.truth import RIGHT, SHARED, TRUE_BESIDES
from tests.real.software import NEVER_TUNED_ON
from wsmonitor.diagnosis.diagnosis import Diagnosis
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.diagnosis.rules import RULES


@pytest.fixture(scope="module")
def runs() -> list[Recording]:
    return recordings()


def test_every_planted_fault_has_a_truth_and_every_truth_is_a_rule(runs: list[Recording]) -> None:
    named = {rule for table in (RIGHT, SHARED, TRUE_BESIDES) for rules in table.values() for rule in rules}

    assert {run.fault for run in runs} <= RIGHT.keys()
    assert named <= {rule.id for rule in RULES}


def test_the_recordings_are_of_many_kinds_and_some_are_never_tuned_on(runs: list[Recording]) -> None:
    families = {run.family for run in runs}

    assert len(families) >= 65
    assert len(families & NEVER_TUNED_ON) >= 25
    assert sum(run.fault == "healthy" for run in runs) >= 150


@pytest.mark.timeout(600)
def test_the_first_finding_is_right_what_is_said_surely_is_true_and_the_page_says_so(runs: list[Recording]) -> None:
    judged = measure(runs)

    for part, right in (("tuned", 0.96), ("left out", 0.95)):
        one = total(sides(judged)[part])
        assert one.outcomes["right first"] >= right * one.faults, one.lines
        assert one.true_claims["0.8 and more"] >= 0.98 * one.claims["0.8 and more"], SURE
        assert one.true_claims["0.5 to 0.8"] >= 0.75 * one.claims["0.5 to 0.8"]
        assert not one.alarmed, one.lines
    assert tables(judged) in TRUTH.read_text("utf-8"), "run `python -m tests.corpus.real --write`"


@pytest.mark.timeout(300)
def test_rules_that_are_not_asked_because_they_need_something_would_have_said_nothing(runs: list[Recording]) -> None:
    always_asked = [replace(rule, needs=None) for rule in RULES]

    for run in runs[::4]:
        assert found(Diagnosis(), run) == found(Diagnosis(always_asked), run), run.name


def found(diagnosis: Diagnosis, run: Recording) -> list[FindingChange]:
    diagnosis.configure(run.config)
    for event in run.events:
        diagnosis.feed(event)
    diagnosis.look_now(run.events[-1].at_ns, is_last=True)
    return diagnosis.take_changes()
