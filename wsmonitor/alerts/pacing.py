"""Pure: which run of an alert's program is due, so that a storm of alerts is a few runs that tell everything."""

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct, field

from wsmonitor.facts.events import AlertChanged
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_text

BETWEEN_S = 10.0
"""From one start of a rule's program to the next at least."""
AT_ONCE = 4
"""Programs of all rules together."""
MOST_TOLD = 50
"""Of so many alerts one run has the names and texts; it has the number of all."""
_LONGEST = 4_000


class Run(Struct, frozen=True):
    """One run of the program of `rule`: `told` of `count` alerts, which were all raised or are all over."""

    rule: AlertRule
    folder: Path
    """Where its relative paths begin."""
    told: tuple[AlertChanged, ...]
    count: int
    wall_ns: int
    """When the first of them was."""

    def environment(self) -> dict[str, str]:
        """The facts for the program: plain text of bounded length, without secrets."""
        texts = {
            "ALERT": _plain(self.rule.name),
            "STATE": "raised" if self.told[0].raised else "over",
            "ENDPOINT": _plain(self.told[0].endpoint),
            "ENDPOINTS": "\n".join(_plain(one.endpoint) for one in self.told),
            "TEXT": "\n".join(_plain(one.text) for one in self.told),
            "COUNT": str(self.count),
            "TIME": datetime.fromtimestamp(self.wall_ns / 1e9, UTC).isoformat(timespec="milliseconds"),
        }
        return {f"WSMONITOR_{name}": text[:_LONGEST] for name, text in texts.items()}


class _Waiting(Struct):
    raised: bool
    wall_ns: int
    told: list[AlertChanged] = field(default_factory=list)
    count: int = 0


class Pacing:
    """Gathers what waits of each rule: at most one run of a rule at a time, `BETWEEN_S` apart, `AT_ONCE` of all."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[AlertRule, Path], deque[_Waiting]] = {}
        self._started_s: dict[tuple[AlertRule, Path], float] = {}
        self._running: set[tuple[AlertRule, Path]] = set()

    def add(self, rule: AlertRule, changes: Sequence[AlertChanged], wall_ns: int, folder: Path) -> None:
        """These alerts of `rule`, of the workspace in `folder`, wait for a run."""
        waiting = self._waiting.setdefault((rule, folder), deque(maxlen=MOST_TOLD))
        for change in changes:
            if not waiting or waiting[-1].raised is not change.raised:
                waiting.append(_Waiting(change.raised, wall_ns))
            group = waiting[-1]
            group.count += 1
            if len(group.told) < MOST_TOLD:
                group.told.append(change)

    def due(self, now_s: float) -> list[Run]:
        """The runs to start now; each counts as running until `ended`."""
        runs = []
        for whose, waiting in self._waiting.items():
            started_s = self._started_s.get(whose)
            is_early = started_s is not None and now_s - started_s < BETWEEN_S
            if not waiting or whose in self._running or is_early or len(self._running) >= AT_ONCE:
                continue
            group = waiting.popleft()
            self._started_s[whose] = now_s
            self._running.add(whose)
            runs.append(Run(*whose, tuple(group.told), group.count, group.wall_ns))
        return runs

    def ended(self, run: Run) -> None:
        """The program of this run ended, or could not be started."""
        self._running.discard((run.rule, run.folder))

    @property
    def is_empty(self) -> bool:
        """True while nothing waits."""
        return not any(self._waiting.values())


def _plain(text: str) -> str:
    return visible(redact_text(text), 400)
