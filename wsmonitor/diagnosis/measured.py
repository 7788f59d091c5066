"""What experiments measured, and what that says of the findings of rules: it decides between causes that show alike.

Pure. An answer speaks for a rule's cause or against it; of others it says nothing. A limit that was measured
decides about findings with that limit, "no limit" about ends before it was measured.
"""

from collections.abc import Mapping

from msgspec import Struct

from wsmonitor.facts.answers import ExperimentAnswer
from wsmonitor.facts.events import ExperimentResult
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import percent

LEAST_SURE = 0.5
"""An answer less sure than this decides nothing."""
SAME = 0.1
"""Limits that differ by less, relative to the measured one, are the same."""
_LONG = 400
_OTHERS = ("lifetime_limit", "first_message_wanted", "peer_keepalive_timeout", "message_triggers_close")
_OF_SILENCE = ("idle_timeout", *_OTHERS)


class Word(Struct, frozen=True):
    """What one answer says of one cause."""

    speaks_for: bool
    experiment: str
    answer: str
    advice: str
    confidence: float
    at_ns: int

    @property
    def text(self) -> str:
        """As evidence, or as the reason why a cause is ruled out."""
        return f"measured by experiment {self.experiment}: {self.answer} ({percent(self.confidence)} sure)"


class Measured:
    """The newest answer of each experiment on one endpoint."""

    def __init__(self) -> None:
        self._words: dict[str, _Said] = {}

    def take(self, event: ExperimentResult) -> None:
        """An experiment has ended; one that told nothing leaves what an earlier one told."""
        said = _said(event.answer, event.at_ns)
        if said is not None:
            self._words[event.answer.name] = said

    def forget(self) -> None:
        """Nothing was measured."""
        self._words.clear()

    def says(self, rule: str, limit_ns: int | None, newest_ns: int) -> Word | None:
        """What was measured about a rule's cause with this limit, whose newest end was at `newest_ns`."""
        for said in sorted(self._words.values(), key=lambda one: one.at_ns, reverse=True):
            speaks_for = said.verdicts.get(rule)
            if speaks_for is not None and said.is_about(limit_ns, newest_ns):
                answer = said.answer
                text, advice = visible(answer.answer, _LONG), visible(answer.advice, _LONG)
                return Word(speaks_for, answer.name, text, advice, answer.confidence, said.at_ns)
        return None


class _Said(Struct, frozen=True):
    """An answer with what it says of rules: true for, false against. `limit_ns` is what it found, or outlived."""

    answer: ExperimentAnswer
    at_ns: int
    verdicts: Mapping[str, bool]
    limit_ns: int
    is_outlived: bool = False

    def is_about(self, limit_ns: int | None, newest_ns: int) -> bool:
        if limit_ns is None:  # a finding that stands on something else: on what the server said
            return False
        if self.is_outlived:
            return newest_ns <= self.at_ns and limit_ns < self.limit_ns
        return abs(limit_ns - self.limit_ns) <= SAME * self.limit_ns


def _said(answer: ExperimentAnswer, at_ns: int) -> _Said | None:
    if answer.confidence < LEAST_SURE or answer.status == "failed":
        return None
    match answer.name:
        case "idle":
            return _idle(answer, at_ns)
        case "keepalive":
            return _keepalive(answer, at_ns)
        case _:
            return None


def _idle(answer: ExperimentAnswer, at_ns: int) -> _Said | None:
    limit_ns, survived_ns = _ns(answer, "limit_s"), _ns(answer, "survived_s")
    if limit_ns is None:
        against = dict.fromkeys(("idle_timeout", "lifetime_limit", "first_message_wanted"), False)
        return None if survived_ns is None else _Said(answer, at_ns, against, survived_ns, is_outlived=True)
    match answer.value.get("reset_by"):
        case None:
            return None
        case "nothing":
            cause = "lifetime_limit"
        case "data" if answer.value.get("first_message_s") is not None:
            cause = "first_message_wanted"
        case _:
            cause = "idle_timeout"
    return _Said(answer, at_ns, {rule: rule == cause for rule in _OF_SILENCE}, limit_ns)


def _keepalive(answer: ExperimentAnswer, at_ns: int) -> _Said | None:
    """Who answers pings was seen to outlive the end of who does not: silence and age are not what ends it."""
    noticed_ns = _ns(answer, "noticed_after_s")
    if noticed_ns is None:
        return None
    verdicts = {"peer_keepalive_timeout": True, "idle_timeout": False, "lifetime_limit": False}
    return _Said(answer, at_ns, verdicts, noticed_ns)


def _ns(answer: ExperimentAnswer, name: str) -> int | None:
    value = answer.value.get(name)
    return round(value * 1e9) if isinstance(value, int | float) else None
