"""What holds for every experiment."""

import pytest
from click.testing import CliRunner

from wsmonitor.cli.experiment.command import experiment as command
from wsmonitor.experiments.bench import Seen
from wsmonitor.experiments.experiment import AnyExperiment, Circumstances
from wsmonitor.experiments.frame import could_not_run
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.politeness import MOST_CONNECTIONS
from wsmonitor.experiments.registry import _NAMES, EXPERIMENTS

ASKED = ExperimentOptions(max_s=120.0)


def test_every_row_of_the_registry_is_an_experiment() -> None:
    assert len(EXPERIMENTS) == len(_NAMES)


def test_names_are_unique() -> None:
    names = [one.name for one in EXPERIMENTS]

    assert sorted(set(names)) == sorted(names)
    assert "all" not in names, "it stands for all of them"


def test_the_command_lists_every_experiment_with_its_question() -> None:
    listed = CliRunner().invoke(command, []).output.splitlines()

    rows = [tuple(line.split(maxsplit=1)) for line in listed]
    assert [(one.name, one.question) for one in EXPERIMENTS] == rows[:-2]
    assert [name for name, _ in rows[-2:]] == ["all", "reconnect"]


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda one: one.name)
class TestContract:
    def test_it_asks_a_question_in_one_line(self, experiment: AnyExperiment) -> None:
        assert experiment.question.endswith("?")
        assert "\n" not in experiment.question

    @pytest.mark.parametrize("is_private", [True, False])
    def test_its_bound_keeps_to_the_time_and_to_politeness(self, experiment: AnyExperiment, is_private: bool) -> None:
        bound = experiment.bound(ASKED, is_private)

        assert bound.time_s > 0
        assert 0 < bound.connections <= MOST_CONNECTIONS
        assert bound.connections <= bound.openings
        assert bound.sent_bytes > 0

    def test_with_no_facts_it_is_sure_of_nothing(self, experiment: AnyExperiment) -> None:
        judged = experiment.judge(experiment.facts(), Circumstances(options=ASKED, seen=Seen()))

        assert judged.verdict
        assert judged.value.keys() == judged.error.keys()
        assert judged.confidence <= 0.5


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda one: one.name)
def test_what_could_not_run_has_the_same_keys_as_what_found_nothing(experiment: AnyExperiment) -> None:
    answer = could_not_run(experiment, ASKED, "nobody there", is_private=True)
    empty = experiment.judge(experiment.facts(), Circumstances(options=ASKED, seen=Seen()))

    assert answer.value == answer.error == dict.fromkeys(empty.value)
    assert answer.answer == "not tested: nobody there"
