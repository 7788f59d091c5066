"""What a check tests, and what it found."""

from dataclasses import dataclass

from wsmonitor.analysis.runs.judge_run import Criterion, Limits
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.settings.endpoint_settings import EndpointConfig


@dataclass(frozen=True)
class CheckPlan:
    """Each endpoint says how many connections are held for `duration_s`.

    Before that `churn` connections are opened and closed in a row, and `parallel` at once.
    """

    endpoints: tuple[EndpointConfig, ...]
    duration_s: float
    limits: Limits
    churn: int = 0
    parallel: int = 0
    show_secrets: bool = False


@dataclass(frozen=True)
class Result:
    """What became of one endpoint; `causes` says what the diagnosis makes of it."""

    endpoint: str
    criteria: tuple[Criterion, ...]
    causes: tuple[str, ...]
    summary: EndpointSummary

    @property
    def passed(self) -> bool:
        """True if every criterion was met."""
        return all(criterion.passed for criterion in self.criteria)
