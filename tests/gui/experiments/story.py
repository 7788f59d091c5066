"""An idle experiment as it is told: a plan, silent connections that end, one that pings and lives, an answer."""

from tests.gui.story import at_ns
from wsmonitor.facts.answers import Bound, CheckResult, ExperimentAnswer, ExperimentLine, ExperimentPlan
from wsmonitor.facts.events import AnyEvent, ExperimentProgress, ExperimentResult
from wsmonitor.settings.endpoint_settings import NS

ASKED = "voice backend"
BOUND = Bound(time_s=190.0, openings=60, connections=21, sent_bytes=12_300)
QUESTION = "after how much silence does something end this connection?"


def progress(at_s: float, **said: object) -> AnyEvent:
    return ExperimentProgress(at_ns=at_ns(at_s), endpoint=ASKED, name="idle", **said)  # type: ignore[arg-type]


def plan(at_s: float = 1.0, prediction: str = "60 s: Server: nginx") -> AnyEvent:
    return progress(at_s, plan=ExperimentPlan(question=QUESTION, prediction=prediction, bound=BOUND))


def line(number: int, group: str, opened_s: float, ended_s: float | None = None) -> AnyEvent:
    shown = ExperimentLine(
        number=number,
        group=group,
        opened_ns=at_ns(opened_s),
        planned_ns=180 * NS,
        ended_ns=None if ended_s is None else at_ns(ended_s),
        how="" if ended_s is None else "FIN",
    )
    return progress(opened_s if ended_s is None else ended_s, line=shown)


def answered(at_s: float = 80.0, *, status: str = "completed", verdict: str = "finding") -> AnyEvent:
    answer = ExperimentAnswer(
        name="idle",
        question=QUESTION,
        prediction="60 s: Server: nginx",
        bound=BOUND,
        status=status,  # type: ignore[arg-type]
        verdict=verdict,
        answer="60.0 s (2 of 2 ended at 59.9 to 60.1 s)",
        confidence=0.93,
        evidence=("2 silent connections ended at 60.0 s",),
        not_told=("whether a longer timer waits behind this one",),
        advice="ping every 25 s",
        checks=(CheckResult(id="a/b", verdict=verdict, expected="yes", actual="no", section="RFC 6455, 5.1"),),
        sent=("3 openings",),
    )
    return ExperimentResult(at_ns=at_ns(at_s), endpoint=ASKED, answer=answer)


STARTED = (plan(), progress(1.1, step="steady state"), line(1, "S", 2), line(2, "S", 3), line(3, "P", 4))
ENDED = (line(1, "S", 2, 62), line(2, "S", 3, 63.1))
