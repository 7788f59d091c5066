"""The verdict of an endpoint in the room that there is, and the experiment that would settle it. Pure."""

import shlex
from collections.abc import Callable
from types import MappingProxyType

from msgspec import Struct

from wsmonitor.analysis.headline import Headline, Level
from wsmonitor.diagnosis.findings import Finding
from wsmonitor.text.redact import redact_url

LETTERS = MappingProxyType[Level, str]({"failing": "!", "learning": "?", "mended": "+", "fine": "✓", "idle": "–"})
"""No verdict is told by its colour alone."""
EXPERIMENTS = MappingProxyType(
    {
        "idle_timeout": "idle",
        "lifetime_limit": "idle",
        "middlebox_reset": "idle",
        "keepalive_race": "idle",
        "path_dead": "idle",
    }
)
"""Rule -> the experiment that tells its cause from the others that show alike."""
_LEAST = 24
"""Characters of a cause below which its other parts yield instead."""


class ExperimentCommand(Struct, frozen=True):
    """What to type to put an experiment's question to the server of an endpoint."""

    experiment: str
    text: str
    is_redacted: bool
    """The URL has a secret, which is not in the text."""


def experiment_of(finding: Finding | None) -> str:
    """The experiment that tells the causes of `finding` apart; empty where none is known, or one has told."""
    if finding is None or finding.basis == "measured":
        return ""
    considered = (one.experiment for one in finding.also_considered if one.experiment and not one.ruled_out)
    return EXPERIMENTS.get(finding.rule) or next(considered, "")


def experiment_command(finding: Finding | None, url: str) -> ExperimentCommand | None:
    """The experiment for `finding`; `None` where none is known, or nothing was found yet."""
    name = experiment_of(finding)
    if not name or not url:
        return None
    shown = redact_url(url)
    return ExperimentCommand(name, f"wsmonitor experiment {name} {shlex.quote(shown)}", shown != url)


def fitted(said: Headline, fits: Callable[[str], bool]) -> str:
    """The line, as much of it as `fits`: the cause is cut first, then how it ended, the rhythm, the state's why go.

    State and confidence, its two ends, stay as long as anything does. While no cause is known, who ended it and how
    says most, and the state yields.
    """
    if fits(said.text):
        return said.text
    kinds: tuple[tuple[str, ...], ...] = ((said.state, said.rhythm, said.how), (said.state, said.rhythm), (said.state,))
    if said.level == "learning" and said.how:
        kinds = (kinds[0], (said.rhythm, said.how), (said.how,))
    short = said.state.partition(": ")[0]
    if short != said.state:
        kinds = (*kinds, (short,))
    for kept in kinds:
        least = 1 if kept is kinds[-1] else _LEAST
        if shown := _longest(said.because, least, fits, _Line(kept, said)):
            return shown
    return _longest(said.state, 1, fits, _at_the_end)


class _Line(Struct, frozen=True):
    """The line with some of its parts, and so many characters of the cause."""

    kept: tuple[str, ...]
    said: Headline

    def __call__(self, cause: str, length: int) -> str:
        shown = (_in_the_middle if self.said.level == "mended" else _at_the_end)(cause, length)
        return " · ".join(part for part in (*self.kept, shown, self.said.sure) if part)


def _longest(text: str, least: int, fits: Callable[[str], bool], line: Callable[[str, int], str]) -> str:
    """The line with the most characters of `text` that fits; empty where `least`, or all, are too many."""
    low, high = min(least, len(text)), len(text)
    if not fits(line(text, low)):
        return ""
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(line(text, middle)) else (low, middle - 1)
    return line(text, low)


def _at_the_end(text: str, length: int) -> str:
    return text if length >= len(text) else f"{text[:length].rstrip()}…"


def _in_the_middle(text: str, length: int) -> str:
    """A mended finding ends with what helped, which must stay."""
    if length >= len(text):
        return text
    head = length // 3
    return f"{text[:head].rstrip()}…{text[len(text) - (length - head) :].lstrip()}"
