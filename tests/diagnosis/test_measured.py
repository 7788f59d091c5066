"""An experiment's answer decides a finding: it confirms it and rules its rivals out, or withdraws it."""

import pytest

from tests.corpus.history import QUIET, START_NS, History, ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.diagnosis.findings import Diagnosed
from wsmonitor.diagnosis.measured import Measured
from wsmonitor.facts.answers import Bound, ExperimentAnswer, Number
from wsmonitor.facts.events import ExperimentResult

LIMIT_S = 15.0


def answer(name: str = "idle", *, sure: float = 0.9, **value: Number) -> ExperimentAnswer:
    return ExperimentAnswer(
        name=name,
        question="",
        prediction="",
        bound=Bound(time_s=1, openings=1, connections=1, sent_bytes=1),
        status="completed",
        verdict="finding",
        answer="ends at a point",
        value=value,
        confidence=sure,
        advice="do this",
    )


class Watched:
    """Five silent connections that end at the same age: an idle limit, or a lifetime."""

    def __init__(self) -> None:
        self.history = History("life", ping=QUIET)
        self.analyzer = Analyzer(START_NS, START_NS)
        self.analyzer.add_endpoint(self.history.configs[0])
        self._fed_ns = 0
        self._count = 0
        self.drop(5)

    @property
    def now_s(self) -> float:
        return self.history.line.now_s + 3

    def drop(self, times: int) -> None:
        line = self.history.line
        for _ in range(times):
            self._count += 1
            line.open(line.now_s + 4 + (1.7 * self._count) % 7)  # no clock
            line.close(line.now_s + LIMIT_S)

    def experiment(self, told: ExperimentAnswer) -> None:
        self.said()
        self.analyzer.feed([ExperimentResult(at_ns=self._fed_ns, endpoint=self.history.configs[0].name, answer=told)])

    def said(self) -> Diagnosed:
        until_ns = ns(self.now_s)
        self.analyzer.feed([one for one in self.history.finished(self.now_s) if self._fed_ns < one.at_ns <= until_ns])
        self._fed_ns = until_ns
        return self.analyzer.snapshot(until_ns).endpoints[0].said


def test_without_an_experiment_two_causes_stay_possible() -> None:
    (finding,) = Watched().said().findings

    assert (finding.rule, finding.basis) == ("idle_timeout", "inferred")
    assert ("lifetime_limit", "idle") in [
        (one.rule, one.experiment) for one in finding.also_considered if not one.ruled_out
    ]


def test_what_was_measured_confirms_the_finding_and_rules_its_rivals_out() -> None:
    watched = Watched()
    watched.experiment(answer(limit_s=LIMIT_S, reset_by="any byte"))

    (finding,) = watched.said().findings

    assert (finding.rule, finding.basis, finding.confidence.value) == ("idle_timeout", "measured", 0.9)
    assert finding.sentence == "Ends at a point: measured."
    assert finding.fix == "Do this."
    assert finding.evidence[0].text == "measured by experiment idle: ends at a point (90% sure)"
    assert all(one.ruled_out for one in finding.also_considered)


def test_what_was_measured_withdraws_the_finding_and_names_the_rival_instead() -> None:
    watched = Watched()
    watched.experiment(answer(limit_s=LIMIT_S, reset_by="nothing"))
    watched.drop(1)

    said = watched.said()

    assert [(one.rule, one.basis) for one in said.findings] == [("lifetime_limit", "measured")]
    (past,) = said.past
    assert (past.finding.rule, past.how) == ("idle_timeout", "withdrawn")
    assert past.reason == "measured by experiment idle: ends at a point (90% sure)."


@pytest.mark.parametrize(
    "told",
    [
        answer(limit_s=3 * LIMIT_S, reset_by="nothing"),
        answer(limit_s=LIMIT_S, reset_by=None),
        answer(limit_s=LIMIT_S, reset_by="nothing", sure=0.4),
        answer(limit_s=None, reset_by=None, survived_s=LIMIT_S - 1),
        answer(limit_s=None, reset_by=None, survived_s=None),
        answer("protocol"),
    ],
)
def test_an_answer_about_something_else_decides_nothing(told: ExperimentAnswer) -> None:
    watched = Watched()
    watched.experiment(told)

    (finding,) = watched.said().findings

    assert (finding.rule, finding.basis) == ("idle_timeout", "inferred")


def test_no_limit_withdraws_the_finding_until_it_happens_again() -> None:
    watched = Watched()
    watched.experiment(answer(limit_s=None, reset_by=None, survived_s=4 * LIMIT_S))

    assert watched.said().findings == ()
    watched.drop(5)
    assert [one.rule for one in watched.said().findings] == ["idle_timeout"]


def test_a_newer_answer_takes_the_place_of_an_older_one_unless_it_told_nothing() -> None:
    measured = Measured()
    for at_ns, told in enumerate(
        (
            answer(limit_s=LIMIT_S, reset_by="any byte"),
            answer(limit_s=LIMIT_S, reset_by="nothing"),
            answer(sure=0, limit_s=None, reset_by=None),
        )
    ):
        measured.take(ExperimentResult(at_ns=at_ns, endpoint="a", answer=told))

    word = measured.says("lifetime_limit", ns(LIMIT_S) - ns(0), 0)

    assert word is not None
    assert (word.speaks_for, word.at_ns) == (True, 1)


def test_a_finding_without_a_limit_stands_on_something_else() -> None:
    measured = Measured()
    measured.take(ExperimentResult(at_ns=1, endpoint="a", answer=answer(limit_s=LIMIT_S, reset_by="any byte")))

    assert measured.says("peer_keepalive_timeout", None, 0) is None


@pytest.mark.parametrize(("rule", "speaks_for"), [("peer_keepalive_timeout", True), ("idle_timeout", False)])
def test_a_server_that_notices_unanswered_pings_is_told_from_one_that_minds_silence(
    rule: str, speaks_for: bool
) -> None:
    measured = Measured()
    measured.take(ExperimentResult(at_ns=1, endpoint="a", answer=answer("keepalive", noticed_after_s=40.0)))

    word = measured.says(rule, 40 * 10**9, 0)

    assert word is not None
    assert word.speaks_for is speaks_for
