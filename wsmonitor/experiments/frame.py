"""The common frame: a steady state before, the method, a steady state after; and the answer whatever happens.

Whether the method ran to its end is `status`; what it found is the verdict. What was found until an experiment
was stopped is judged all the same.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from msgspec import structs

from wsmonitor.experiments.bench import SWITCHING, Bench, OpeningError, Seen, Time, Way, why_not_open
from wsmonitor.experiments.experiment import AnyExperiment, Circumstances, Judgement
from wsmonitor.experiments.line.line import Line
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.politeness import Ledger, Politeness, RefusedError
from wsmonitor.facts.answers import (
    Bound,
    ExperimentAnswer,
    ExperimentLine,
    ExperimentPlan,
    ExperimentStatus,
    Number,
)
from wsmonitor.text.units import exact_s

FORBIDDING = frozenset({400, 401, 403})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
STEADY_PINGS = 3
PONG_S = 3.0
QUIET_S = 1.1
"""A connection is left alone for so long, to know that what ends sooner was turned away."""
BESIDE_S = 0.2
"""Whoever keeps one connection only ends the older one within this."""
CONTROL_BEAT_S = 5.0
GRACE_S = 15.0
"""A method that is not done so long after its bound is ended."""


async def run_experiment(
    experiment: AnyExperiment,
    *,
    way: Way,
    options: ExperimentOptions,
    clock: Time,
    is_private: bool,
    stop: asyncio.Event,
    tell: Callable[[str, ExperimentLine | None], None] = lambda _step, _line: None,
    planned: Callable[[ExperimentPlan], None] = lambda _plan: None,
) -> ExperimentAnswer:
    """Ask the server one question. `stop` ends it early; then it says what it found so far.

    `planned` hears what is asked and expected, first without and then with what the server says of itself.
    """
    bound = experiment.bound(options, is_private)
    ledger = Ledger()
    politeness = Politeness(bound)
    bench = Bench(way=way, options=options, clock=clock, politeness=politeness, ledger=ledger, tell=tell)
    facts = experiment.facts()
    stalls = StallWatch(clock)
    status: ExperimentStatus = "failed"
    refusal = ""
    control: Line | None = None
    control_lived = True
    watching = asyncio.create_task(stalls.run(), name="stall watch")
    try:
        planned(_plan(experiment, bench, bound))
        bench.say("steady state")
        control = await _steady(bench, experiment, is_private=is_private)
        planned(_plan(experiment, bench, bound))
        holds_control = experiment.holds_control and not bench.seen.is_single
        if not holds_control:
            await control.close()
        holding = asyncio.create_task(_hold(bench, control), name="control connection")
        bench.say(experiment.name)
        try:
            status, refusal = await _method(experiment, bench, facts, stop, limit_s=bound.time_s + GRACE_S)
        finally:
            holding.cancel()
            await asyncio.gather(holding, return_exceptions=True)
        control_lived = control.is_up or not holds_control
        bench.drop_all()
        if status == "completed" and not await _still_steady(bench, experiment):
            control_lived = False
    except (OpeningError, RefusedError) as error:
        refusal = refusal or str(error)
    finally:
        watching.cancel()
        bench.drop_all()
    around = Circumstances(
        options=options,
        seen=bench.seen,
        control_lived=control_lived,
        stalled_ns=stalls.longest_ns,
        refusal=refusal,
    )
    answer = _answer(experiment, around, bound, status, facts)
    as_page = (f"requests carry Origin: {way.origin}; without one they are refused",) if bench.as_page else ()
    return structs.replace(answer, evidence=(*answer.evidence, *as_page), sent=ledger.lines())


def _judged(experiment: AnyExperiment, facts: Any, status: ExperimentStatus, around: Circumstances) -> Judgement:
    judged = experiment.judge(facts, around)
    if status == "failed":
        nothing: dict[str, Number] = dict.fromkeys(judged.value)
        reason = f"not tested: {around.refusal}"
        return Judgement(verdict=reason, answer=reason, value=nothing, error=nothing)
    if status == "aborted" and around.refusal:
        return replace(judged, not_told=(*judged.not_told, f"ended early: {around.refusal}"))
    return judged


TICK_S = 0.25


class StallWatch:
    """`longest_ns` is the longest time, beyond a tick, that passed unseen: a stopped process or a sleeping computer."""

    def __init__(self, clock: Time) -> None:
        self._clock = clock
        self.longest_ns = 0

    async def run(self) -> None:
        """Watch until cancelled."""
        seen_ns = self._clock.boot_ns()
        while True:
            await asyncio.sleep(TICK_S)
            now_ns = self._clock.boot_ns()
            self.longest_ns = max(self.longest_ns, now_ns - seen_ns - round(TICK_S * 1e9))
            seen_ns = now_ns


def _answer(
    experiment: AnyExperiment, around: Circumstances, bound: Bound, status: ExperimentStatus, facts: Any
) -> ExperimentAnswer:
    judged = _judged(experiment, facts, status, around)
    return ExperimentAnswer(
        name=experiment.name,
        question=experiment.question,
        prediction=experiment.predict(around.seen, around.options),
        bound=bound,
        status=status,
        verdict=judged.verdict,
        answer=judged.answer,
        value=judged.value,
        error=judged.error,
        confidence=judged.confidence,
        evidence=judged.evidence,
        not_told=judged.not_told,
        advice=judged.advice,
        checks=judged.checks,
    )


def _plan(experiment: AnyExperiment, bench: Bench, bound: Bound) -> ExperimentPlan:
    prediction = experiment.predict(bench.seen, bench.options)
    return ExperimentPlan(question=experiment.question, prediction=prediction, bound=bound)


def could_not_run(
    experiment: AnyExperiment, options: ExperimentOptions, reason: str, *, is_private: bool
) -> ExperimentAnswer:
    """The answer of an experiment that did not run."""
    around = Circumstances(options=options, seen=Seen(), refusal=reason)
    return _answer(experiment, around, experiment.bound(options, is_private), "failed", experiment.facts())


async def _steady(bench: Bench, experiment: AnyExperiment, *, is_private: bool) -> Line:
    """The control connection, once the steady state holds. Raises `OpeningError` or `RefusedError`."""
    control = await _opened(bench)
    assert control.response is not None
    answered: list[int] = []
    while len(answered) < STEADY_PINGS and (round_trip_ns := await control.round_trip(PONG_S)) is not None:
        answered.append(round_trip_ns)
    bench.seen = Seen(
        server=(control.response.header("Server") or "")[:100],
        round_trip_ns=max(answered, default=0),
        is_private=is_private,
        pongs="same" if len(answered) == STEADY_PINGS else "wrong" if control.pong_count else "none",
    )
    if experiment.needs_pongs and len(answered) < STEADY_PINGS:
        ended = f" (the connection ended: {control.end})" if control.end else f" within {exact_s(PONG_S)}"
        raise OpeningError(f"a ping was not answered{ended}")
    await control.until(lambda: not control.is_up, QUIET_S)
    if not control.is_up:
        bench.seen = replace(bench.seen, lives_a_second=False)
    elif experiment.holds_control:
        bench.seen = replace(bench.seen, is_single=await _is_single(bench, control))
    return control


async def _is_single(bench: Bench, control: Line) -> bool:
    """Whether the server refuses a second connection, or ends the first one for it."""
    try:
        line = await bench.open(group="control", retries=False)
    except (OpeningError, RefusedError):
        bench.politeness.forgive()
        return True
    await control.until(lambda: not control.is_up, BESIDE_S)
    await line.close()
    return not control.is_up


async def _opened(bench: Bench) -> Line:
    """An open connection, redirects followed; from then on the way leads there."""
    while True:
        line = await bench.attempt(group="control")
        if line.response is not None and line.response.status == SWITCHING:
            return line
        location = line.response.header("Location") if line.response is not None else None
        line.drop()
        if _wants_an_origin(bench, line):
            bench.as_page = True
            continue
        if line.response is None or line.response.status not in REDIRECTS or location is None:
            raise OpeningError(why_not_open(line))
        if not bench.way.follow(location):
            raise OpeningError("too many redirects")


def _wants_an_origin(bench: Bench, refused: Line) -> bool:
    """Whether a request of a page of the server's own might be taken where one without origin is refused."""
    is_forbidden = refused.response is not None and refused.response.status in FORBIDDING
    return is_forbidden and not bench.as_page and bench.way.request.header("Origin") is None


async def _still_steady(bench: Bench, experiment: AnyExperiment) -> bool:
    """Whether the server takes a connection and answers as before. What cannot be asked for politeness is."""
    try:
        line = await bench.open(group="control", retries=False)
    except RefusedError:
        return True
    except OpeningError:
        return False
    answered = await line.round_trip(PONG_S) is not None
    await line.close()
    return answered or not experiment.needs_pongs


async def _hold(bench: Bench, control: Line) -> None:
    while control.is_up:
        await control.until(lambda: not control.is_up, CONTROL_BEAT_S)
        control.ping()


async def _method(
    experiment: AnyExperiment, bench: Bench, facts: Any, stop: asyncio.Event, *, limit_s: float
) -> tuple[ExperimentStatus, str]:
    """How the method ended, and the refusal where there was one."""
    method = asyncio.create_task(_run(experiment, bench, facts), name=f"experiment {experiment.name}")
    stopper = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait({method, stopper}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        if method.done():
            method.result()
            return "completed", ""
        if stop.is_set():
            return "interrupted", "stopped"
        return "aborted", "its time is over"
    except (RefusedError, OpeningError) as refused:
        return "aborted", str(refused)
    finally:
        stopper.cancel()
        method.cancel()
        with contextlib.suppress(asyncio.CancelledError, RefusedError, OpeningError):
            await method


async def _run(experiment: AnyExperiment, bench: Bench, facts: Any) -> None:
    try:
        await experiment.run(bench, facts)
    except ExceptionGroup as group:  # of a method that does several things at once
        expected, bugs = group.split((RefusedError, OpeningError))
        if bugs is not None or expected is None:
            raise
        raise RefusedError(str(_first_of(expected))) from group


def _first_of(group: ExceptionGroup[Exception]) -> Exception:
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, ExceptionGroup) else first
