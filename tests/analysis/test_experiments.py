"""Experiments: what is asked, how it goes, how it ended."""

from msgspec import structs

from tests.gui.experiments.story import ASKED, ENDED, QUESTION, STARTED, answered, line, plan, progress
from tests.gui.story import START_NS, WALL_NS, at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.experiments import LINES, ExperimentView
from wsmonitor.facts.answers import Attempts, AuditStep, ReconnectRow
from wsmonitor.facts.events import AnyEvent, ExperimentResult, ProbeLost


def views(*events: AnyEvent) -> tuple[ExperimentView, ...]:
    analyzer = Analyzer(START_NS, WALL_NS)
    analyzer.feed(events)
    return analyzer.snapshot(at_ns(100)).experiments


def test_one_that_runs_has_its_plan_its_step_and_its_connections() -> None:
    [view] = views(*STARTED)

    assert view.plan is not None
    assert (view.endpoint, view.name, view.plan.question, view.step) == (ASKED, "idle", QUESTION, "steady state")
    assert [one.number for one in view.lines] == [1, 2, 3]
    assert view.is_running


def test_the_later_plan_is_the_better_one() -> None:
    [view] = views(plan(prediction="nothing is known"), plan(prediction="60 s"))

    assert view.plan is not None
    assert view.plan.prediction == "60 s"


def test_a_connection_that_ended_is_told_once() -> None:
    [view] = views(*STARTED, *ENDED)

    assert [one.ended_ns for one in view.lines] == [at_ns(62), at_ns(63.1), None]


def test_an_answer_ends_it_and_the_next_question_is_another() -> None:
    first, second = views(*STARTED, answered(), plan(90))

    assert first.answer is not None
    assert (first.is_running, second.is_running) == (False, True)
    assert (first.number, second.number) == (1, 2)


def test_an_answer_alone_is_one_too() -> None:
    [view] = views(answered())

    assert view.answer is not None
    assert view.plan is None


def test_what_runs_ends_with_the_measuring_process() -> None:
    running, done = views(*STARTED, ProbeLost(at_ns=at_ns(50), reason="killed"), plan(60), answered(80))

    assert (running.lost, running.ended_ns, running.answer) == (True, at_ns(50), None)
    assert not done.lost


def test_connections_without_end_are_bounded() -> None:
    [view] = views(*(line(number, "S", 1) for number in range(LINES + 50)))

    assert len(view.lines) == LINES


def test_a_snapshot_shares_what_did_not_change() -> None:
    analyzer = Analyzer(START_NS, WALL_NS)
    analyzer.feed([*STARTED, answered(), plan(90)])
    before = analyzer.snapshot(at_ns(91)).experiments

    analyzer.feed([progress(92, step="listening")])

    after = analyzer.snapshot(at_ns(92)).experiments
    assert after[0] is before[0]
    assert after[1] is not before[1]


def test_rows_of_an_audit_are_there_as_they_are_judged_and_with_the_answer_once() -> None:
    row = ReconnectRow(fault="reset", verdict="ok", sentence="back", attempts=Attempts(tries_s=(1.0,)))
    step = AuditStep(stage="waiting", is_connected=True, faults_left=1, ends_by_ns=at_ns(90), row=row)

    [running] = views(progress(10, audit=step))
    result = answered()
    assert isinstance(result, ExperimentResult)
    answer = structs.replace(result.answer, name="idle", rows=(row,))
    [ended] = views(progress(10, audit=step), structs.replace(result, answer=answer))

    assert (running.audit, running.rows) == (step, (row,))
    assert ended.rows == (row,)
