"""Closures that look alike, together: the pattern of the drops at a glance. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from wsmonitor.analysis.snapshot import Closure
from wsmonitor.text import units
from wsmonitor.text.wording.closure_words import code_words, disruption_words, how, reason_words, who_in_full


@dataclass(frozen=True)
class ClosureGroup:
    """Closures with the same who, how and code. Lives and silences in nanoseconds."""

    title: str
    closures: tuple[Closure, ...]
    is_failure: bool

    @property
    def details(self) -> tuple[str, str]:
        """How long they lived, and how silent it was before: constant numbers point at a timer."""
        lives = sorted(closure.verdict.life_ns for closure in self.closures)
        received = median(closure.verdict.silence_rx_ns for closure in self.closures)
        sent = median(closure.verdict.silence_tx_ns for closure in self.closures)
        return f"lived {_spread(lives)}", f"silent before: rx {units.tenths(received)}, tx {units.tenths(sent)}"


def closure_groups(closures: Iterable[Closure]) -> list[ClosureGroup]:
    """Groups, the largest first; forced ones and our own stops come last."""
    groups: dict[str, list[Closure]] = {}
    for closure in closures:
        groups.setdefault(_title(closure), []).append(closure)
    found = [ClosureGroup(title, tuple(group), group[0].verdict.is_loss) for title, group in groups.items()]
    return sorted(found, key=lambda group: (not group.is_failure, -len(group.closures)))


def _title(closure: Closure) -> str:
    verdict = closure.verdict
    if verdict.forced:
        return f"forced by you: {disruption_words(verdict.forced)}"
    code = code_words(verdict)
    reason = reason_words(verdict)
    by = (
        f"Close {code}{f' “{reason}”' if reason else ''}"
        if verdict.mechanism == "close_frame"
        else f"{how(verdict)}, {code}"
    )
    who = who_in_full(verdict)
    return f"{who}, {by}" if ":" in who else f"{who}: {by}"


def _spread(lives: list[int]) -> str:
    shortest, longest = units.tenths(lives[0]), units.tenths(lives[-1])
    if shortest == longest:
        return shortest
    first = shortest.removesuffix(" s") if longest.endswith(" s") and "min" not in longest else shortest
    return f"{first} to {longest} (median {units.tenths(median(lives))})"
