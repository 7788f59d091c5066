"""What an experiment is: a question, its bound, a prediction, a method that collects facts, and a pure judge."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from wsmonitor.experiments.bench import Bench, Seen
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import Bound, CheckResult, Number

F = TypeVar("F")


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What a judge knows besides the facts: what was asked, and whether anything disturbed the method."""

    options: ExperimentOptions
    seen: Seen
    control_lived: bool = True
    stalled_ns: int = 0
    """The longest time for which this program or computer stood still meanwhile."""
    refusal: str = ""
    """Why the server wanted no more, where it said so."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the facts say. `value` and `error` have the same keys."""

    verdict: str
    answer: str
    value: dict[str, Number] = field(default_factory=dict)
    error: dict[str, Number] = field(default_factory=dict)
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()
    not_told: tuple[str, ...] = ()
    advice: str = ""
    checks: tuple[CheckResult, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Experiment(Generic[F]):
    """One entry of `EXPERIMENTS`.

    `run` fills the facts, and may be cancelled at any time: what it put there until then is judged.
    """

    name: str
    question: str
    bound: Callable[[ExperimentOptions, bool], Bound]
    """The most it takes, on a private host or a public one."""
    predict: Callable[[Seen, ExperimentOptions], str]
    facts: Callable[[], F]
    run: Callable[[Bench, F], Awaitable[None]]
    judge: Callable[[F, Circumstances], Judgement]
    least_s: float = 1.0
    """With less time it is not worth asking."""
    needs_pongs: bool = True
    """Nothing runs where pings are not answered beforehand."""
    holds_control: bool = True
    """A connection that pings is held beside the method."""
    leaves_unfinished: bool = False
    """It sends beginnings of messages that never end."""
    sends_malformed: bool = False
    """With `hostile` it sends what no client should."""
    checks: tuple[tuple[str, str], ...] = ()
    """Address and requirement of each check, for `--list`."""


AnyExperiment = Experiment[Any]
