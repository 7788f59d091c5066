"""What a diagnosis says: a finding, its confidence and the evidence it stands on.

A finding never stands without its evidence rows, and its confidence comes with its make-up, so that a
reader can judge it. Below the support that its rule needs it is `pending`: it claims nothing yet.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from msgspec import Struct, field

from wsmonitor.facts.events import EndpointEvent

Severity = Literal["info", "warning", "problem"]
Basis = Literal["inferred", "measured"]
"""From what happened by itself, or by an experiment that asked."""
_ORDER: dict[Severity, int] = {"problem": 0, "warning": 1, "info": 2}


class Confidence(Struct, frozen=True, kw_only=True):
    """How sure a rule is, from 0 to 1, and why.

    `support`: how many samples agree. `spread`: how closely they agree. `exclusivity`: how much of what
    the rule could have explained it does explain, and how few other explanations there are.
    """

    support: float
    spread: float = 1.0
    exclusivity: float = 1.0

    @property
    def value(self) -> float:
        """The product of the three, to two digits: more would pretend."""
        return round(self.support * self.spread * self.exclusivity, 2)


LEAST_CONFIDENCE = 0.4
"""Rules of timing say nothing when they are less sure than this."""
NONE_YET = Confidence(support=0.0)


class EvidenceRow(Struct, frozen=True, kw_only=True):
    """One fact that speaks for or against a finding, and where it is found.

    `at_ns` is the time of an event of `connection` in `slot`; 0 for `connection` means before the first
    open, or a fact about the monitor itself.
    """

    text: str
    at_ns: int
    connection: int = 0
    slot: int = 0


class Pending(Struct, frozen=True, kw_only=True):
    """There are `have` samples of the `need` that a rule wants before it says anything."""

    have: int
    need: int


class Considered(Struct, frozen=True, kw_only=True):
    """Another cause that shows alike: `rule` is the id of its rule, `because` says what rules it out.

    Where it is not `ruled_out`, `because` says what speaks for it still, and `experiment` names what would tell
    the two apart (`wsmonitor experiment ...`), if one does.
    """

    rule: str
    ruled_out: bool
    because: str
    experiment: str = ""


class Finding(Struct, frozen=True, kw_only=True):
    """What most probably ails an endpoint.

    `rule` is the id of its rule. `sentence` says it in one sentence; `fix` says what to try. `evidence`
    speaks for it, `counter_evidence` against it, newest first. `since_ns` is the time of its first
    evidence. `limit_ns` is the limit found, for rules that find one. `also_considered` has the causes that look
    alike, those that are not ruled out first. `basis` says whether an experiment decided it.
    """

    rule: str
    endpoint: str
    severity: Severity
    confidence: Confidence
    sentence: str
    evidence: tuple[EvidenceRow, ...]
    counter_evidence: tuple[EvidenceRow, ...]
    fix: str
    since_ns: int
    pending: Pending | None = None
    limit_ns: int | None = None
    also_considered: tuple[Considered, ...] = ()
    basis: Basis = "inferred"

    @property
    def key(self) -> tuple[str, str]:
        """Identifies the finding as long as it stands: endpoint and rule."""
        return self.endpoint, self.rule

    @property
    def rank(self) -> tuple[int, float, str]:
        """Sorts the most urgent first: severity, then confidence."""
        return _ORDER[self.severity], -self.confidence.value, self.rule


HowItEnded = Literal["resolved", "withdrawn", "earlier"]
"""`resolved`: what it named happens no more, though it could; `withdrawn`: what is known now speaks against it;
`earlier`: it stood when the recording began, which has not enough to judge it again."""


class PastFinding(Struct, frozen=True, kw_only=True):
    """A finding that stood until `at_ns`: what it said last, and why it stands no more.

    `newest_ns` is the time of the last end that it explained; `None` for one that explained none.
    """

    finding: Finding
    how: HowItEnded
    at_ns: int
    reason: str
    newest_ns: int | None = None

    @property
    def is_learnt(self) -> bool:
        """True for a cause that stopped fitting before it was stated: nothing was claimed."""
        return self.finding.pending is not None


Place = tuple[int, int]
"""Slot and time of an ended connection or a failed opening."""


class Diagnosed(Struct, frozen=True):
    """All that is said of one endpoint, the same object while nothing changed.

    `findings` stand, or are learnt (`pending`), most urgent first; `past` stood, newest first. `explained` names
    the rule that explains an end, also where its finding is resolved or shows newer ones only.
    """

    findings: tuple[Finding, ...] = ()
    past: tuple[PastFinding, ...] = ()
    explained: Mapping[Place, str] = field(default_factory=lambda: MappingProxyType({}))


class FindingStated(EndpointEvent, frozen=True, kw_only=True, tag="finding"):
    """A finding appeared, or changed in what it says. Derived from events, never sent by the probe."""

    finding: Finding


class FindingWithdrawn(EndpointEvent, frozen=True, kw_only=True, tag="finding_withdrawn"):
    """A finding does not hold any more: `how`, and `reason` in one sentence."""

    rule: str
    how: HowItEnded = "withdrawn"
    reason: str = ""


FindingChange = FindingStated | FindingWithdrawn


def support(samples: int) -> float:
    """The support of samples that agree by statistics: 0.8 for 3, 0.9 for 6, never 1."""
    return max(0.0, 1.0 - 0.6 / samples) if samples else 0.0


def stated_support(samples: int) -> float:
    """The support of a fact that was stated outright: 0.9 for one, never 1."""
    return 1.0 - 0.1 / samples if samples else 0.0


def share_exclusivity(explained: int, candidates: int) -> float:
    """1 where everything that could be explained is; halfway to a half where half of it is."""
    return 0.5 + 0.5 * explained / candidates if candidates else 0.0
