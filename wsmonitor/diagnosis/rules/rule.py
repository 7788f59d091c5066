"""What a diagnosis rule is: an id, a severity, and a pure function from evidence to a match.

A rule returns a `Match`, a `TooFew` where samples are missing, or nothing. What a match `explains` (the
serials of connections and failures) is hidden from the rules behind it in `RULES`, so that one cause
is not told under several names.
"""

from collections.abc import Callable

from msgspec import Struct

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, Severity
from wsmonitor.facts.events import OpenFailed, Verdict


class LookAlike(Struct, frozen=True):
    """Another rule whose cause shows alike, and what rules it out wherever this rule speaks."""

    rule: str
    ruled_out_by: str


class Rival(Struct, frozen=True):
    """A look-alike that this evidence does not rule out: why, and which experiment would tell."""

    rule: str
    because: str
    experiment: str = ""


class Match(Struct, frozen=True, kw_only=True):
    """The evidence fits. Texts are whole, plain, short; rows come newest first."""

    sentence: str
    confidence: Confidence
    evidence: tuple[EvidenceRow, ...]
    fix: str
    counter_evidence: tuple[EvidenceRow, ...] = ()
    explains: frozenset[int] = frozenset()
    limit_ns: int | None = None
    rivals: tuple[Rival, ...] = ()
    """The look-alikes that stay possible; their share of the confidence is taken off already."""
    ruled_out: tuple[LookAlike, ...] = ()
    """What rules look-alikes out in this evidence, in place of what the rule says of them."""


class TooFew(Struct, frozen=True, kw_only=True):
    """The evidence so far fits, but a rule of statistics needs more: `have` of `need` samples."""

    have: int
    need: int
    evidence: tuple[EvidenceRow, ...]


Judgement = Match | TooFew | None


class Rule(Struct, frozen=True, kw_only=True):
    """One entry of `RULES`. `title` names the cause as a noun phrase; `source` says where
    it can be read up: a section of an RFC, a page, an issue; empty for what only experience says.

    `reads` says in words which facts it looks at, `samples` how many it needs before it says anything.
    A rule that names `endings` or `openings` is asked only while an ended connection, or a failed opening,
    for which one of them holds is remembered; of another, `needs` is what must hold for it to say anything, cheap
    to ask: most rules then cost nothing at most looks.
    """

    id: str
    title: str
    judge: Callable[[Evidence], Judgement]
    reads: str
    severity: Severity = "problem"
    samples: int = 1
    source: str = ""
    look_alikes: tuple[LookAlike, ...] = ()
    endings: Callable[[Verdict], bool] | None = None
    openings: Callable[[OpenFailed], bool] | None = None
    needs: Callable[[Evidence], bool] | None = None
    measure: tuple[str, Callable[[ConnectionRecord], str]] | None = None
    """What must be alike for a rule of timing, in words, of one end: told where it is not (`lives`, `3.0 s`)."""
    is_of_now: bool = False
    """True where it speaks of what goes on: once it says nothing more, that has passed."""
    is_settled_by_age: bool = True
    """False where a connection that lives long since proves nothing: it may not have done what ends one."""

    @property
    def is_always_asked(self) -> bool:
        """True for a rule that names no sort of ending or opening, and needs nothing."""
        return self.endings is None and self.openings is None and self.needs is None
