"""What was known of an endpoint before a recording begins: it would be told as if it had never been."""

from typing import Literal

from msgspec import Struct

from wsmonitor.facts.event import EndpointEvent

HowKnown = Literal["stated", "resolved", "withdrawn", "earlier"]


class EarlierFinding(Struct, frozen=True, kw_only=True):
    """A finding as it was said last; `how` is `stated` where it stood when the recording began."""

    rule: str
    severity: Literal["info", "warning", "problem"]
    confidence: float
    summary: str
    fix: str
    how: HowKnown
    reason: str = ""
    limit_ns: int | None = None
    learnt: tuple[int, int] | None = None
    """So many of the samples it needs, where it was never stated."""


class KnownEarlier(EndpointEvent, frozen=True, kw_only=True):
    """Before this moment the endpoint had so many closures and failed openings, and this was found of it.

    Those that follow keep their numbers by it. Only at the beginning of a recording or an excerpt.
    """

    closures: int
    failures: int
    findings: tuple[EarlierFinding, ...] = ()
